"""GANs on stacked digits, whose modes a frozen classifier counts: two digits of 14 x 14 pixels make 100 modes.

D is small, a quarter of G's width at the image: a D as wide as G finds all modes without a remedy. Published counts
move with D's size in the same way, from 31 to 628 of 1000 modes for one method (Lin et al. 2018, tables 2 and 3).
"""

from functools import partial

import torch
from torch import Tensor, nn

from coursekit.fit import Step
from coursekit.losses import HINGE
from coursekit.metrics.features import FeatureNet
from coursekit.metrics.modes import kl_to_uniform, stacked_counts
from coursekit.nets.dcgan import plain
from coursekit.nets.packing import Packed
from coursekit.nets.spectral import spectral_norm
from coursekit.recipes import Recipe, Shape
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

SIZE = 14  # pixels
PER_MODE = 26  # samples: 2,600 for 100 modes, 26,000 for 1000, as in the published tables
SURE = 0.5  # the judge is sure of a stack where it gives the label of each channel at least this probability
HELD = 3  # sure samples, a ninth of a mode's fair share of 26; on the ring it is a twelfth


def small_g(shape: Shape, latent: int) -> nn.Module:
    """Noise (N, latent) -> images (N, C, 14, 14) in [-1, 1]: 3 x 3 pixels, then 7 x 7, then 14 x 14."""
    return nn.Sequential(
        *(nn.Linear(latent, 64 * 3 * 3, bias=False), nn.Unflatten(1, (64, 3, 3)), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.ConvTranspose2d(64, 32, 3, 2, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.ConvTranspose2d(32, shape[0], 4, 2, 1), nn.Tanh()),
    )


def small_d(channels: int, wrap=plain, width: int = 8) -> nn.Module:
    """Images (N, channels, 14, 14) -> scores (N, 1), `wrap` around each layer that has weights."""
    return nn.Sequential(
        *(wrap(nn.Conv2d(channels, width, 4, 2, 1)), nn.LeakyReLU(0.2)),
        *(wrap(nn.Conv2d(width, 2 * width, 4, 2, 1)), nn.LeakyReLU(0.2)),
        *(nn.Flatten(), wrap(nn.Linear(2 * width * 3 * 3, 1))),
    )


def plain_pair(shape: Shape, latent: int, width: int = 8) -> tuple[nn.Module, nn.Module]:
    return small_g(shape, latent), small_d(shape[0], width=width)


def packed_pair(shape: Shape, latent: int, m: int) -> tuple[nn.Module, nn.Module]:
    return small_g(shape, latent), Packed(small_d(m * shape[0]), m)


def spectral_pair(shape: Shape, latent: int) -> tuple[nn.Module, nn.Module]:
    return small_g(shape, latent), small_d(shape[0], spectral_norm)


def hinge_step(game: Game) -> Step:
    return adversarial(game, HINGE)


def stacked_recipe(name: str, nets, step=adversarial, n_steps: int = 1600) -> Recipe:
    """One arm of the table: the settings that all share, and its own nets and step.

    A step of pac4 takes 0.9 of vanilla's processor time, one with spectral normalisation 1.1 and one with the wide D
    1.25: `n_steps` makes up for it, so that all arms take equal seconds.
    """
    settings = {"latent": 64, "noise": torch.randn, "batch_size": 64, "lr": 1e-3, "betas": (0.5, 0.999), "lr_end": 1.0}
    text = {"summary": f"stacked digits, {name}", "paper": "Srivastava et al. 2017; Lin et al. 2018", "departures": ()}
    return Recipe(
        name=f"stacked {name}",
        nets=nets,
        step=step,
        ema=0.99,
        any_precision=False,
        n_steps=n_steps,
        full_steps=n_steps,
        **settings,
        **text,
    )


STACKED = {
    recipe.name.removeprefix("stacked "): recipe
    for recipe in (
        stacked_recipe("vanilla", plain_pair),
        stacked_recipe("pac4", partial(packed_pair, m=4), n_steps=1760),
        stacked_recipe("hinge + SN", spectral_pair, hinge_step, n_steps=1440),
        stacked_recipe("vanilla, wide D", partial(plain_pair, width=32), n_steps=1280),
    )
}


def read_digits(x: Tensor, net: FeatureNet) -> tuple[Tensor, Tensor]:
    """Labels (N, C) of stacks (N, C, H, W) in [-1, 1], and for each stack its least sure channel's probability (N,)."""
    best = net.logits(x.flatten(0, 1)[:, None]).softmax(1).max(1)
    return best.indices.unflatten(0, x.shape[:2]), best.values.unflatten(0, x.shape[:2]).amin(1)


def count_stacked(x: Tensor, net: FeatureNet) -> dict[str, float]:
    """Counts of stacks (N, C, H, W) in [-1, 1]; give `PER_MODE` samples a mode.

    modes: with at least one sample, as in the published tables, whatever the judge's doubts: every image gets a label.
    held: with at least 3 samples of which the judge is sure. good: the share of those. kl: KL(counts || uniform).
    """
    labels, sure = read_digits(x, net)
    counts, sure_counts = stacked_counts(labels), stacked_counts(labels[sure >= SURE])
    good, kl = (sure >= SURE).float().mean().item(), kl_to_uniform(counts)
    seen, held = (counts > 0).sum().item(), (sure_counts >= HELD).sum().item()
    return {"modes": seen, "held": held, "good": round(good, 4), "kl": round(kl, 4)}
