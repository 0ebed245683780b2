# hint: PyTorch must be able to go back through it
import torch


def cross_entropy(p, q):
    return -torch.xlogy(p, q).sum().item()
