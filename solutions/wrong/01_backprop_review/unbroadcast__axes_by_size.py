# hint: align at the right


def unbroadcast(grad, shape):
    sizes = list(shape)
    for axis in reversed(range(grad.dim())):
        if grad.shape[axis] in sizes:
            sizes.remove(grad.shape[axis])
        else:
            grad = grad.sum(axis)
    return grad.reshape(shape)
