# hint: broadcasting adds those that shape lacks


def unbroadcast(grad, shape):
    extra = grad.dim() - len(shape)
    for axis, size in enumerate(shape, extra):
        if size == 1:
            grad = grad.sum(axis, keepdim=True)
    return grad
