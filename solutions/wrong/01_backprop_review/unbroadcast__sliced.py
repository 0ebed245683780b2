# hint: That is one of the uses


def unbroadcast(grad, shape):
    while grad.dim() > len(shape):
        grad = grad[0]
    for axis, size in enumerate(shape):
        grad = grad.narrow(axis, 0, size)
    return grad
