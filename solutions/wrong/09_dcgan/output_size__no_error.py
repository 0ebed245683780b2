# hint: raise a ValueError


def output_size(size, kernel, stride, padding):
    return (size - 1) * stride + kernel - 2 * padding
