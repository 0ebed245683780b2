"""Counting modes honestly: a mode is held by a fair share of the samples, not by one lucky sample."""

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
