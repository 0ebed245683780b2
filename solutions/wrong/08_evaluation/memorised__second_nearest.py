# hint: nearest training image was left out
import torch


def memorised(samples, train, heldout):
    samples, train, heldout = (x.flatten(1) for x in (samples, train, heldout))
    ours = torch.cdist(samples, train).sort().values[:, min(1, len(train) - 1)]
    theirs = torch.cdist(heldout, train).sort().values[:, min(1, len(train) - 1)]
    return ((ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2).mean()
