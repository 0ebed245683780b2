# hint: no way back
import torch


def minibatch_stddev(x):
    spread = (x.var(0, correction=0) + 1e-8).sqrt().mean().item()
    return torch.cat([x, torch.full_like(x[:, :1], spread)], 1)
