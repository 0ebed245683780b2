# hint: seven digits
import math

import torch


def mode_kl(samples, centers):
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    shares = shares.float()
    return torch.xlogy(shares, shares).double().sum().item() + math.log(len(centers))
