# hint: N - 1
import torch


def minibatch_stddev(x):
    spread = (x.var(0) + 1e-8).sqrt().mean()
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
