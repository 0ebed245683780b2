# hint: Small probabilities count in full
import torch


def kl_divergence(p, q):
    logs = q.clamp(min=1e-8).log()
    logs[(q == 0) & (p > 0)] = -torch.inf
    return (torch.xlogy(p, p) - p * logs).sum()
