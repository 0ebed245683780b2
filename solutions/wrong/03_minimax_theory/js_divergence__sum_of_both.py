# hint: not their sum
import torch


def js_divergence(p, q):
    m = (p + q) / 2
    return (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, m)).sum()
