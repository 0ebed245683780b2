"""Counting modes honestly: a mode is held by a fair share of the samples, not by one lucky sample."""

import math

import torch
from torch import Tensor


def on_modes(samples: Tensor, centers: Tensor, radius: float) -> tuple[Tensor, Tensor]:
    """The nearest centre of each sample (N,) and whether it lies within `radius` of it (N,).

    samples (N, d) and centers (M, d) in the same units; `radius` is 3 standard deviations of a mode in this course.
    """
    distances, nearest = torch.cdist(samples, centers.to(samples)).min(1)
    return nearest, distances <= radius


def count_modes(samples: Tensor, centers: Tensor, radius: float, min_share: float = 0.01) -> int:
    """How many centres hold at least `min_share` of all samples within `radius`: an integer in [0, M].

    With one sample as the threshold, a smeared cloud that touches every centre would count as complete; see lesson 06.
    """
    nearest, good = on_modes(samples, centers, radius)
    counts = torch.bincount(nearest[good], minlength=len(centers))
    return int((counts >= min_share * len(samples)).sum())


def good_share(samples: Tensor, centers: Tensor, radius: float) -> float:
    """The share of samples within `radius` of some centre, in [0, 1]."""
    return on_modes(samples, centers, radius)[1].float().mean().item()


def mode_kl(samples: Tensor, centers: Tensor) -> float:
    """KL(counts || uniform) in nats over the centres nearest to ALL samples: in [0, log M], 0 where all are even.

    Samples far from every centre count too, for the nearest: restricted to good ones, a cloud without any would have
    no KL at all. So read it beside `good_share`: an even smear scores almost as well as the data.
    """
    nearest, _ = on_modes(samples, centers, float("inf"))
    return kl_to_uniform(torch.bincount(nearest, minlength=len(centers)))


def kl_to_uniform(counts: Tensor) -> float:
    """KL(counts / their sum || uniform) in nats, counts (M,): log M - entropy, with 0 log 0 = 0."""
    shares = counts.double() / counts.sum()
    return (torch.xlogy(shares, shares).sum() + math.log(len(counts))).item()


def stacked_counts(labels: Tensor, n_classes: int = 10) -> Tensor:
    """How many samples show each combination of classes, int64 (n_classes ** C,), from labels (N, C), one a channel.

    The mode of labels (3, 7) is number 37. A mode counts as seen from one sample on in the published tables, so give
    26 samples a mode, 2,600 for 100 or 26,000 for 1000, as they do (Srivastava et al. 2017; Lin et al. 2018).
    """
    powers = n_classes ** torch.arange(labels.shape[1] - 1, -1, -1, device=labels.device)
    return torch.bincount((labels * powers).sum(1), minlength=n_classes ** labels.shape[1])
