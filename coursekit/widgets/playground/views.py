"""What can be seen of a game at one moment, as arrays: D's map, D*, the warped grid of G, and arrows on the fakes."""

import torch
from torch import Tensor, nn

from coursekit.losses import Loss
from coursekit.steps.game import frozen
from coursekit.widgets.playground.measure import AXIS, GRID
from coursekit.widgets.playground.nets import Critic, looked_at

N_SHOWN = 300  # points of each kind
N_ARROWS = 50
N_LINES = 21  # of the warped grid, each way
PLANE = torch.cartesian_prod(AXIS, AXIS).flip(1).float()  # rows of equal y, from low to high
AS_PROBABILITY = ("non-saturating", "minimax", "relativistic")


@torch.no_grad()
def score_map(D: Critic, company: Tensor) -> Tensor:
    """D's score at the middle of each cell, for a point among the fakes `company`: (48 y, 48 x)."""
    with looked_at(D):
        return D.beside(PLANE, company).view(GRID, GRID)


PROBABILITY = {"title": "D(x) = sigmoid(score)", "low": "0", "middle": "0.5", "high": "1"}


def centred(scores: Tensor, middle: float) -> tuple[Tensor, dict[str, object]]:
    """Scores that are no logits as values in [0, 1], `middle` at 0.5, and the words for the ends of the colour bar.

    They have no scale of their own: the ends are the score that is farthest from the middle, and its mirror image.
    """
    half = max(float((scores - middle).abs().max()), 1e-6)
    low, centre, high = (f"{value:.2g}" for value in (middle - half, middle, middle + half))
    return (scores - middle) / (2 * half) + 0.5, {"title": "score of D", "low": low, "middle": centre, "high": high}


STAR = {"title": "D*(x) = p_data / (p_data + p_g)", "low": "0", "middle": "0.5", "high": "1"}


def noise_grid(noise: str, latent: int) -> Tensor:
    """A regular grid of z, (21, 21, latent), or (21, 1, 1) for one number: each cell holds the same share of the noise.

    From the 1st to the 99th percentile of the first two numbers; all further ones are 0.
    """
    share = torch.linspace(0.01, 0.99, N_LINES)
    line = 2 * share - 1 if noise == "uniform" else torch.special.ndtri(share)
    if latent == 1:
        return line[:, None, None]
    z = torch.zeros(N_LINES, N_LINES, latent)
    z[..., 0], z[..., 1] = line[:, None], line[None, :]
    return z


@torch.no_grad()
def manifold(G: nn.Module, grid: Tensor) -> Tensor:
    """Where G takes the grid of noise: (21, 21 or 1, 2)."""
    return G(grid.flatten(0, 1)).view(*grid.shape[:2], 2)


def arrows(D: Critic, loss: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """For each fake (N, 2) the direction in which G's loss falls, N times minus its gradient: (N, 2).

    The generator cannot follow all of them: one change of its weights moves every fake.
    """
    fake = fake.detach().requires_grad_(True)
    with looked_at(D), frozen(D), torch.enable_grad():
        value = loss.g(D(fake), lambda: D(real))
        (slope,) = torch.autograd.grad(value, fake)
    return -slope * len(fake)
