"""The ring of lesson 06 with labels: does a generator that is told the mode, or a group of modes, still collapse?"""

import torch
from torch import Tensor

from coursekit.collapse.points import N_SAMPLES, RING8, orthogonal
from coursekit.data.streams import Batches, Latent
from coursekit.data.toys import Toy
from coursekit.fit import fit
from coursekit.metrics.modes import count_modes, good_share, mode_kl
from coursekit.nets.conditional import Joined
from coursekit.nets.mlp import leaky_relu, mlp
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

N_MODES = 8


def group_of(points: Tensor, toy: Toy, n_labels: int) -> Tensor:
    """The label (N,) of points (N, 2): the modes in order around the ring, cut into `n_labels` groups of neighbours."""
    return torch.cdist(points, toy.centers).argmin(1) * n_labels // len(toy.centers)


def labelled_batches(toy: Toy, n_labels: int, batch_size: int, seed: int) -> Batches:
    """(points, label) with the labels of `group_of`."""

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        points = toy.draw(n, generator)
        return points, group_of(points, toy, n_labels)

    return Batches(draw, batch_size, seed)


def train_on_labelled_ring(n_labels: int, seed: int = 0, n_steps: int = RING8.n_steps) -> Joined:
    """G(z, label) after the vanilla run of lesson 06, label joined to the input of both nets; 1 label says nothing.

    Nets, rates, batches and initial weights are `RING8`'s. Raises ValueError where the labels do not divide the modes.
    """
    if N_MODES % n_labels:
        raise ValueError(f"{n_labels} labels cannot share {N_MODES} modes evenly: take 1, 2, 4 or 8")
    recipe, toy = RING8, RING8.toy()
    torch.manual_seed(seed)
    G = Joined(orthogonal(mlp((recipe.latent + n_labels, *recipe.hidden, 2), leaky_relu)), n_labels)
    D = Joined(orthogonal(mlp((2 + n_labels, *recipe.hidden, 1), leaky_relu)), n_labels)
    g_adam = torch.optim.Adam(G.parameters(), recipe.g_lr, recipe.betas, fused=True)
    d_adam = torch.optim.Adam(D.parameters(), recipe.g_lr * recipe.d_speed, recipe.betas, fused=True)
    game = Game(G, D, g_adam, d_adam, Latent(recipe.latent, seed + 1))
    batches = labelled_batches(toy, n_labels, recipe.batch_size, seed + 2)
    fit(adversarial(game), batches, n_steps, progress=False)
    return G


@torch.no_grad()
def ring_samples(G: Joined, n: int = N_SAMPLES, seed: int = 12345) -> Tensor:
    """`n` points (n, 2), equally many of each label."""
    return G(Latent(RING8.latent, seed)(n), torch.arange(n) % G.n_classes)


def ring_figures(G: Joined) -> dict[str, float]:
    """Modes held (at least 1 % of the samples within 3 sd), share of good samples, KL(counts || uniform)."""
    toy, points = RING8.toy(), ring_samples(G)
    good = good_share(points, toy.centers, 3 * toy.sd)
    kl = mode_kl(points, toy.centers)
    return {"modes": count_modes(points, toy.centers, 3 * toy.sd), "good": round(good, 4), "kl": round(kl, 4)}
