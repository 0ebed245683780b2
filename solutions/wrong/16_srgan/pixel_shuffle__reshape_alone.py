# hint: A reshape alone tears the image apart
def pixel_shuffle(x, r):
    n, c, h, w = x.shape
    if c % r**2:
        raise ValueError("channels")
    return x.reshape(n, c // r**2, h * r, w * r)
