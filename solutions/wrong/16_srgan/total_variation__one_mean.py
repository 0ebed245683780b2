# hint: That is one mean over both directions
def total_variation(x):
    return torch.cat([x.diff(dim=2).flatten(), x.diff(dim=3).flatten()]).abs().mean()
