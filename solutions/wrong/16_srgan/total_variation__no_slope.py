# hint: `backward` finds no way through it
def total_variation(x):
    x = x.detach()
    return x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()
