# hint: slope of a batch of copies is nan
import torch


def minibatch_stddev(x):
    spread = x.var(0, correction=0).sqrt().mean()
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
