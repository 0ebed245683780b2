"""How far G's samples are from the data: modes held, good share, JS and Wasserstein distance.

G's density is not known, so it is estimated by Gaussian kernels on its samples. The data's density is known, and is
blurred by the same kernel before the two are compared, so that G = data still gives 0 for infinitely many samples.
Blurring both can only bring them closer: the JS divergence shown is a lower bound of the true one.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from coursekit.metrics.modes import count_modes, good_share
from coursekit.theory import js_divergence, optimal_discriminator
from coursekit.widgets.playground import sources
from coursekit.widgets.playground.settings import Settings
from coursekit.widgets.playground.sources import EXTENT

GRID = 48  # cells each way
CELL = 2 * EXTENT / GRID
KERNEL_SD = CELL  # the narrowest that this grid can sum without a visible error
N_SAMPLES = 2000
N_PAIRS = 256  # for the Wasserstein distance: 5 ms, and the time grows with the cube
AXIS = (torch.arange(GRID, dtype=torch.float64) + 0.5) * CELL - EXTENT


@dataclass(frozen=True)
class Figures:
    """`n_modes` is 0 where the data has none; `js` in nats, at most log 2; `wasserstein` in units of the plane."""

    modes: int
    n_modes: int
    good: float
    js: float
    wasserstein: float


def blurred(points: Tensor, sd: float) -> Tensor:
    """The mixture of equal Gaussians of deviation `sd` on points (N, 2) at the cells' middles: (48 y, 48 x), float64.

    A product of two one-dimensional kernels: no (N, 48, 48) in memory.
    """
    x, y = ((AXIS[:, None] - column.double()).div(sd).square().mul(-0.5).exp() for column in points.T)
    return y @ x.T / (len(points) * 2 * math.pi * sd**2)


def masses(density: Tensor) -> Tensor:
    """What lies in each cell, and as the last entry what lies outside the window: (48 * 48 + 1), sums to 1."""
    inside = density.flatten() * CELL**2
    inside = inside / max(1.0, float(inside.sum()))
    return torch.cat([inside, (1 - inside.sum()).clamp(min=0)[None]])


def wasserstein(a: Tensor, b: Tensor) -> float:
    """The Wasserstein-1 distance of two sets of as many points (N, 2): the mean length of the best pairing."""
    from scipy.optimize import linear_sum_assignment

    if a.shape != b.shape:
        raise ValueError(f"got {len(a)} and {len(b)} points: a pairing needs as many of each")
    distances = torch.cdist(a.double(), b.double(), compute_mode="donot_use_mm_for_euclid_dist").numpy()
    return float(distances[linear_sum_assignment(distances)].mean())


class Ruler:
    """Measures samples against one data set. `floor` is what fresh samples of the data itself score."""

    def __init__(self, settings: Settings):
        self.toy = sources.toy(settings)
        self.nodes, self.sd = sources.mixture(settings)
        self.has_modes = settings.data in ("ring of 8", "grid of 25")
        self.density = blurred(self.nodes, math.hypot(self.sd, KERNEL_SD))
        self.masses = masses(self.density)
        generator = torch.Generator().manual_seed(12345)  # not the run's: every seed is measured alike
        self.reals = self.toy.draw(N_SAMPLES, generator)
        self.floor = self.measure(self.toy.draw(N_SAMPLES, generator))

    def measure(self, samples: Tensor) -> Figures:
        """The figures of samples (N, 2); the Wasserstein distance is that of the first 256."""
        radius = 3 * self.sd
        finite = torch.nan_to_num(samples, nan=1e6).clamp(-1e6, 1e6)
        return Figures(
            count_modes(finite, self.nodes, radius) if self.has_modes else 0,
            len(self.nodes) if self.has_modes else 0,
            good_share(finite, self.nodes, radius),
            float(js_divergence(self.masses, masses(blurred(finite, KERNEL_SD)))),
            wasserstein(finite[:N_PAIRS], self.reals[:N_PAIRS]),
        )

    def optimal(self, samples: Tensor) -> Tensor:
        """D* = p_data / (p_data + p_g) at the cells' middles (48, 48), both densities blurred by the same kernel.

        Below 1e-4 (even on the window would be 0.028) a density counts as 0: it says how far kernels reach, no more.
        """
        return optimal_discriminator(
            *(seen.where(seen > 1e-4, 0) for seen in (self.density, blurred(samples, KERNEL_SD)))
        )
