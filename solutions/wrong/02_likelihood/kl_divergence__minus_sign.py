# hint: a minus was lost
import torch


def kl_divergence(p, q):
    return (torch.xlogy(p, q) - torch.xlogy(p, p)).sum()
