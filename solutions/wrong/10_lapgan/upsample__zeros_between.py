# hint: Zeros stand between
def upsample(x):
    n, channels, height, width = x.shape
    out = x.new_zeros(n, channels, 2 * height, 2 * width)
    out[:, :, ::2, ::2] = x
    return out
