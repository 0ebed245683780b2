# hint: Shapes align at the right


def unbroadcast(grad, shape):
    return grad.reshape(shape)
