"""The runs behind the table of lesson 09: DCGAN's recipe, and the same with one guideline changed.

Each arm changes one argument of the nets (two, where a guideline speaks of both nets) or one number of the recipe.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from torch import nn

from coursekit.nets.guidelines import (
    Layer,
    Shape,
    dense_head,
    dense_stem,
    head,
    leaky,
    make_discriminator,
    make_generator,
    normed_tanh,
    pooled,
    stem,
    strided,
    transposed,
    upsampled,
)
from coursekit.nets.init import dcgan_init
from coursekit.recipes import DCGAN, Recipe

SEEDS = (0, 1, 2)
FULL = "the recipe"
N_STEPS = 500
WIDTH = 24


def as_built(net: nn.Module) -> nn.Module:
    """The net with the initial weights that PyTorch gave it."""
    return net


def pair(
    shape: Shape,
    latent: int,
    width: int = WIDTH,
    stem: Layer = stem,
    head: Layer = head,
    up: Layer = transposed,
    down: Layer = strided,
    g_norm: Layer = nn.BatchNorm2d,
    d_norm: Layer = nn.BatchNorm2d,
    d_first_norm: Layer = nn.Identity,
    g_activation: Layer = nn.ReLU,
    d_activation: Layer = leaky,
    output: Layer = nn.Tanh,
    init: Callable[[nn.Module], nn.Module] = dcgan_init,
) -> tuple[nn.Module, nn.Module]:
    """(G, D) for images of `shape`, by the guidelines where nothing else is said."""
    G = make_generator(shape, latent, width, stem=stem, up=up, norm=g_norm, activation=g_activation, output=output)
    D = make_discriminator(
        shape, width, down=down, first_norm=d_first_norm, norm=d_norm, activation=d_activation, head=head
    )
    return init(G), init(D)


IN_THE_NETS: dict[str, dict[str, Callable]] = {
    FULL: {},
    "pooling and upsampling": {"down": pooled, "up": upsampled},
    "no batch norm": {"g_norm": nn.Identity, "d_norm": nn.Identity},
    "no batch norm in G": {"g_norm": nn.Identity},
    "batch norm everywhere": {"output": normed_tanh, "d_first_norm": nn.BatchNorm2d},
    "dense hidden layers": {"stem": dense_stem, "head": dense_head},
    "tanh inside G": {"g_activation": nn.Tanh},
    "ReLU in D": {"d_activation": nn.ReLU},
    "no tanh at the output": {"output": nn.Identity},
    "default initialisation": {"init": as_built},
}
IN_THE_NUMBERS = {"beta1 0.9": {"betas": (0.9, 0.999)}, "rate 2e-4": {"lr": 2e-4}}
ARMS = (*IN_THE_NETS, *IN_THE_NUMBERS)


def recipe_with(arm: str) -> Recipe:
    """The recipe of an arm: DCGAN's, with the departures that all arms share, and one change."""
    if arm not in ARMS:
        raise ValueError(f"there is no arm {arm!r}: choose one of {', '.join(ARMS)}")
    shared = replace(
        DCGAN,
        name=arm,
        departures=(
            "Adam's rate 1e-3 where the paper has 2e-4; an arm of the table says what that is worth in 500 steps",
            "batches of 64 and width 24 at 28 pixels; the paper has 128 and 128 at 64 pixels",
            "bfloat16 where the processor has it",
        ),
        nets=partial(pair, width=WIDTH, **IN_THE_NETS.get(arm, {})),
        batch_size=64,
        lr=1e-3,
        any_precision=True,
        n_steps=N_STEPS,
    )
    return replace(shared, **IN_THE_NUMBERS.get(arm, {}))


def table_hash() -> str:
    """Twelve hex digits that change whenever a recipe behind the table changes."""
    text = " ".join(f"{recipe.hash()} {recipe.n_steps}" for recipe in map(recipe_with, ARMS))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
