# hint: That is every second pixel


def downsample(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    return x[:, :, ::2, ::2]
