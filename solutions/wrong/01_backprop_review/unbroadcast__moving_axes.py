# hint: align at the right


def unbroadcast(grad, shape):
    while grad.dim() > len(shape):
        grad = grad.sum(0)
    for axis, size in enumerate(shape):
        if size == 1 and axis < grad.dim():
            grad = grad.sum(axis)
    return grad.reshape(shape)
