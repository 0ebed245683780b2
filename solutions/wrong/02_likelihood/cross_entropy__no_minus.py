# hint: a minus was lost
import torch


def cross_entropy(p, q):
    return torch.xlogy(p, q).sum()
