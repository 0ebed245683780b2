# hint: sum p log p is missing
import torch


def kl_divergence(p, q):
    return -torch.xlogy(p, q).sum()
