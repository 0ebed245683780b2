# hint: in bits
import math

import torch


def mode_kl(samples, centers):
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    return (torch.xlogy(shares, shares).sum() + math.log(len(centers))) / math.log(2)
