# hint: a minus was lost
import torch


def js_divergence(p, q):
    m = (p + q) / 2
    return (torch.xlogy(p + q, m) - torch.xlogy(p, p) - torch.xlogy(q, q)).sum() / 2
