# hint: The axes in front were not summed


def unbroadcast(grad, shape):
    return grad
