# hint: align at the right


def unbroadcast(grad, shape):
    while grad.dim() > len(shape):
        grad = grad.sum(-1)
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis, keepdim=True)
    return grad
