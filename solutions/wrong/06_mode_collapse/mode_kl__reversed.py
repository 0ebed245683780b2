# hint: turned round
import torch


def mode_kl(samples, centers):
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    return -(shares * len(centers)).log().mean()
