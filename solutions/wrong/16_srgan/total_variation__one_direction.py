# hint: The differences between columns are missing
def total_variation(x):
    return x.diff(dim=2).abs().mean()
