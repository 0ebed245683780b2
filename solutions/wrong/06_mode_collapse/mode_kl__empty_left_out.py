# hint: Empty modes were left out
import torch


def mode_kl(samples, centers):
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    shares = shares[shares > 0]
    return (shares * (shares * len(shares)).log()).sum()
