# hint: the new channel has the shape (N, 1, H, W)
import torch


def minibatch_stddev(x):
    spread = (x.var(0, correction=0) + 1e-8).sqrt().mean()
    return torch.cat([x, spread.expand(len(x), 1)], 1)
