# hint: an ordinary convolution makes


def output_size(size, kernel, stride, padding):
    side = (size + 2 * padding - kernel) // stride + 1
    if side < 1:
        raise ValueError("nothing is left")
    return side
