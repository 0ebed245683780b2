"""Precision and recall of samples by balls around features (Kynkaanniemi et al. 2019)."""

import torch
from torch import Tensor

CHUNK = 500  # rows at a time: 20 MB of distances to 5,000 others


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> tuple[float, float]:
    """(precision, recall), both in [0, 1], of features real (n, d) and fake (m, d), in float64.

    Around each row of a set lies a ball that reaches to its k-th nearest *other* row of the same set, edge included.
    Precision is the share of fakes within a ball of a real one, recall the share of reals within a ball of a fake one
    (eq. 2 and 3). Both fall with k and with n, so compare figures at equal ones only; equal n on both sides.
    """
    if not 1 <= k < min(len(real), len(fake)):
        raise ValueError(f"k is {k}: it must be at least 1 and below {min(len(real), len(fake))}, the smaller set")
    real, fake = real.double(), fake.double()
    return covered(fake, real, k), covered(real, fake, k)


def covered(points: Tensor, centers: Tensor, k: int) -> float:
    """The share of points (m, d) that lie in the ball of at least one of centers (n, d)."""
    radius = radii(centers, k)
    inside = [(distances(part, centers) <= radius).any(1) for part in points.split(CHUNK)]
    return torch.cat(inside).double().mean().item()


def radii(points: Tensor, k: int) -> Tensor:
    """The distance (n,) of each of points (n, d) from its k-th nearest other one."""
    return torch.cat([distances(part, points).kthvalue(k + 1).values for part in points.split(CHUNK)])


def distances(x: Tensor, y: Tensor) -> Tensor:
    """Euclidean distances (n, m), exactly 0 between equal rows; so the nearest row to each row of a set is itself."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
