# hint: r may be any whole number
def pixel_shuffle(x, r):
    if x.shape[1] % r**2:
        raise ValueError("channels")
    n, c, h, w = x.shape
    out = x.new_zeros(n, c // r**2, h * r, w * r)
    for i in range(2):
        for j in range(2):
            if i < r and j < r:
                out[:, :, i::r, j::r] = x[:, i * r + j :: r**2]
    return out
