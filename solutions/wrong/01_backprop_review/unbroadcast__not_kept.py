# hint: An axis of size 1 stays


def unbroadcast(grad, shape):
    while grad.dim() > len(shape):
        grad = grad.sum(0)
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    return grad.sum(ones) if ones else grad
