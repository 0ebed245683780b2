# hint: how near the held-out images are to the samples
import torch


def memorised(samples, train, heldout):
    samples, train, heldout = (x.flatten(1) for x in (samples, train, heldout))
    ours = torch.cdist(samples, train).min(1).values
    theirs = torch.cdist(heldout, samples).min(1).values
    return ((ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2).mean()
