# hint: in place
import torch


def js_divergence(p, q):
    old = q.clone()
    m = q.add_(p).div_(2)
    return (torch.xlogy(p, p) + torch.xlogy(old, old) - torch.xlogy(p + old, m)).sum() / 2
