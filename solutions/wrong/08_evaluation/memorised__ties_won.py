# hint: counted them as 1
import torch


def memorised(samples, train, heldout):
    samples, train, heldout = (x.flatten(1) for x in (samples, train, heldout))
    ours = torch.cdist(samples, train).min(1).values
    theirs = torch.cdist(heldout, train).min(1).values
    return (ours[:, None] <= theirs).double().mean()
