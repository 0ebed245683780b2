# hint: how near the samples are to the held-out images
import torch


def memorised(samples, train, heldout):
    samples, train, heldout = (x.flatten(1) for x in (samples, train, heldout))
    ours = torch.cdist(samples, heldout).min(1).values
    theirs = torch.cdist(heldout, train).min(1).values
    return ((ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2).mean()
