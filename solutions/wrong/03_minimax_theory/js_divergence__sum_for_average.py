# hint: m is the mean of p and q, not their sum
import torch


def js_divergence(p, q):
    m = p + q
    return (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, m)).sum() / 2
