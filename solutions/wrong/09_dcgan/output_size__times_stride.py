# hint: That is size times stride


def output_size(size, kernel, stride, padding):
    side = size * stride
    if side < 1:
        raise ValueError("nothing is left")
    return side
