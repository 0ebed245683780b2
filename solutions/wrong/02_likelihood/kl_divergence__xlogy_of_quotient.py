# hint: nan for the machine, and 0 here
import torch


def kl_divergence(p, q):
    return torch.xlogy(p, p / q).sum()
