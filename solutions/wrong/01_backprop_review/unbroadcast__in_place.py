# hint: changed its argument grad in place


def unbroadcast(grad, shape):
    extra = grad.dim() - len(shape)
    for axis, size in enumerate((1,) * extra + tuple(shape)):
        if size == 1:
            first = grad.narrow(axis, 0, 1)
            first.copy_(grad.sum(axis, keepdim=True))
            grad = first
    return grad.reshape(shape)
