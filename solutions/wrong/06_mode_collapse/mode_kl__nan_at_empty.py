# hint: 0 * log(0), which is nan
import torch


def mode_kl(samples, centers):
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    return (shares * (shares * len(centers)).log()).sum()
