# hint: compared with their mean m, not with each other
import torch


def js_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()
