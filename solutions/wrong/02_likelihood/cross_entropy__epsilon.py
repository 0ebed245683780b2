# hint: what q calls impossible does happen
import torch


def cross_entropy(p, q):
    return -(p * torch.log(q + 1e-12)).sum()
