# hint: what q calls impossible does happen
import torch


def kl_divergence(p, q):
    return (p * torch.log((p + 1e-12) / (q + 1e-12))).sum()
