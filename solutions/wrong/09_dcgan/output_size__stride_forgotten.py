# hint: `stride` pixels apart


def output_size(size, kernel, stride, padding):
    side = size - 1 + kernel - 2 * padding
    if side < 1:
        raise ValueError("nothing is left")
    return side
