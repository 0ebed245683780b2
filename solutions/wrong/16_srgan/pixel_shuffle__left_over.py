# hint: raise a ValueError
def pixel_shuffle(x, r):
    n, c, h, w = x.shape
    c = c // r**2
    blocks = x[:, : c * r**2].reshape(n, c, r, r, h, w)
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(n, c, h * r, w * r)
