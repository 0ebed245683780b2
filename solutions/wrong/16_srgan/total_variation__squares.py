# hint: total variation takes absolute values
def total_variation(x):
    return x.diff(dim=2).square().mean() + x.diff(dim=3).square().mean()
