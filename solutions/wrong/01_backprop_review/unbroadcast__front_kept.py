# hint: sum over them without `keepdim`


def unbroadcast(grad, shape):
    shape = (1,) * (grad.dim() - len(shape)) + tuple(shape)
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis, keepdim=True)
    return grad
