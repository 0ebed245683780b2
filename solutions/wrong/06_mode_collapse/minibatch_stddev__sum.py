# hint: summed over the entries
import torch


def minibatch_stddev(x):
    spread = (x.var(0, correction=0) + 1e-8).sqrt().sum()
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
