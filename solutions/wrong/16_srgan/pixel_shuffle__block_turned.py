# hint: Each block is turned
def pixel_shuffle(x, r):
    n, c, h, w = x.shape
    if c % r**2:
        raise ValueError("channels")
    return x.view(n, -1, r, r, h, w).permute(0, 1, 4, 3, 5, 2).reshape(n, -1, h * r, w * r)
