# hint: An image is one point
import torch


def memorised(samples, train, heldout):
    ours = torch.cdist(samples, train).min(1).values
    theirs = torch.cdist(heldout, train).min(1).values
    return ((ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2).mean()
