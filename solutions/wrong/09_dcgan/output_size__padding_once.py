# hint: cut off on both sides: 2 * padding


def output_size(size, kernel, stride, padding):
    side = (size - 1) * stride + kernel - padding
    if side < 1:
        raise ValueError("nothing is left")
    return side
