# hint: That is the mean


def unbroadcast(grad, shape):
    while grad.dim() > len(shape):
        grad = grad.mean(0)
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.mean(axis, keepdim=True)
    return grad
