# hint: the price with q is asked for
import torch


def cross_entropy(p, q):
    return -torch.xlogy(p, p).sum()
