# hint: that is the way back
def pixel_shuffle(x, r):
    n, c, h, w = x.shape
    if c % r**2:
        raise ValueError("channels")
    pad = torch.nn.functional.pad(x, [0, -w % r, 0, -h % r])
    return torch.nn.functional.pixel_unshuffle(pad, r)
