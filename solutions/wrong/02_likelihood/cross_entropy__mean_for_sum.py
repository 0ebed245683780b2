# hint: You took the mean over the entries
import torch


def cross_entropy(p, q):
    return -torch.xlogy(p, q).mean()
