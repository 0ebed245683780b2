# hint: half the size in one direction


def downsample(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    return (x[:, :, ::2] + x[:, :, 1::2]) / 2
