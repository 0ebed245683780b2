"""The recipes for 1000 modes: three stacked digits of 28 pixels. They belong to the profile `full`, on a GPU."""

from functools import partial

import torch
from torch import nn

from coursekit.data.streams import uniform
from coursekit.fit import Step
from coursekit.losses import RELATIVISTIC
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from coursekit.nets.init import dcgan_init
from coursekit.nets.packing import Packed
from coursekit.penalties import r1_r2
from coursekit.recipes.run import Recipe, Shape
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

WIDTH = 64


def packed_pair(shape: Shape, latent: int, m: int) -> tuple[nn.Module, nn.Module]:
    channels, size, _ = shape
    D = Packed(DCGANDiscriminator(size, m * channels, WIDTH), m)
    return dcgan_init(DCGANGenerator(size, channels, latent, WIDTH)), dcgan_init(D)


def unnormalised_pair(shape: Shape, latent: int) -> tuple[nn.Module, nn.Module]:
    channels, size, _ = shape
    D = DCGANDiscriminator(size, channels, WIDTH, norm=lambda n: nn.Identity())
    return DCGANGenerator(size, channels, latent, WIDTH), D


def relativistic_step(game: Game) -> Step:
    return adversarial(game, RELATIVISTIC, penalty=partial(r1_r2, weight=1.0))


STACKED_PAC4 = Recipe(
    name="stacked-pac4",
    summary="a DCGAN on three stacked digits whose discriminator judges four samples at once",
    paper="Lin et al. 2018, sec. 4.2",
    departures=(
        "28 pixels and two strided layers in each net, where the paper's DCGAN has four",
        "stacks are drawn anew from 128,000, where the paper goes through them in epochs",
        "samples come from the averaged generator",
    ),
    nets=partial(packed_pair, m=4),
    step=adversarial,
    latent=100,
    noise=uniform,
    batch_size=64,
    lr=2e-4,
    betas=(0.5, 0.999),
    lr_end=1.0,
    ema=0.999,
    any_precision=False,
    n_steps=400,
    full_steps=100_000,  # 50 epochs of 128,000, as in the paper
    data="stacked-mnist",
)

STACKED_RELATIVISTIC = Recipe(
    name="stacked-relativistic",
    summary="a DCGAN on three stacked digits with the relativistic loss, R1 and R2",
    paper="Huang et al. 2024, sec. 4",
    departures=(
        "DCGAN's layers with batch normalisation in G, where the paper has residual blocks without any",
        "28 pixels and a weight of 1 on both penalties throughout; the paper has 32 pixels and 1 falling to 0.1",
        "batches of 256 for 20,000 steps, half the paper's ten million images; the paper has batches of 512",
        "Adam 2e-4 (0, 0.99) from the first step on, without the paper's burn-in",
    ),
    nets=unnormalised_pair,
    step=relativistic_step,
    latent=64,
    noise=torch.randn,
    batch_size=256,
    lr=2e-4,
    betas=(0.0, 0.99),
    lr_end=1.0,
    ema=0.999,
    any_precision=True,
    n_steps=100,
    full_steps=20_000,
    data="stacked-mnist",
)
