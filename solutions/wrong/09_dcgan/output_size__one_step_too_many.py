# hint: There are size - 1 steps


def output_size(size, kernel, stride, padding):
    side = size * stride + kernel - 2 * padding
    if side < 1:
        raise ValueError("nothing is left")
    return side
