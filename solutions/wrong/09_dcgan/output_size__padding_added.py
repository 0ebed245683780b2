# hint: smaller, not larger


def output_size(size, kernel, stride, padding):
    side = (size - 1) * stride + kernel + 2 * padding
    if side < 1:
        raise ValueError("nothing is left")
    return side
