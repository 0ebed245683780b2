"""Does a generator repeat its training images? A rank test against held-out images (after Meehan et al. 2020)."""

import torch
from torch import Tensor

from coursekit.metrics.neighbours import nearest_neighbour


def memorised(samples: Tensor, train: Tensor, heldout: Tensor) -> float:
    """How often a sample lies nearer to the training set than a held-out image does: a number in [0, 1].

    The share of pairs of one of samples (n, ...) and one of heldout (m, ...) in which the sample has the smaller
    distance to its nearest in train (l, ...); equal distances count one half. It is the Mann-Whitney statistic over
    n m: 1/2 for fresh images of the same source, 1 for copies, below 1/2 for samples that lie off the data. Whoever
    mixes copies with such samples can bring it to 1/2: look at the distances, too. Give features and not pixels: in
    pixels a copy that is shifted by one looks new.
    """
    ours, theirs = (nearest_neighbour(x, train)[1].double() for x in (samples, heldout))
    order = theirs.sort().values
    below = torch.searchsorted(order, ours.contiguous(), right=False)  # held-out images that are nearer
    up_to = torch.searchsorted(order, ours.contiguous(), right=True)  # nearer, or as near
    return 1 - ((below + up_to).double().mean() / (2 * len(order))).item()
