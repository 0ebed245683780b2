# hint: you took the mean distance
import torch


def memorised(samples, train, heldout):
    samples, train, heldout = (x.flatten(1) for x in (samples, train, heldout))
    ours = torch.cdist(samples, train).mean(1)
    theirs = torch.cdist(heldout, train).mean(1)
    return ((ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2).mean()
