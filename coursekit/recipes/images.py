"""The recipes for images, with the paper's numbers and each departure from them."""

import math
from dataclasses import replace
from functools import partial

import torch
from torch import nn

from coursekit.data.streams import uniform
from coursekit.fit import Step
from coursekit.losses import HINGE, NON_SATURATING
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from coursekit.nets.init import dcgan_init
from coursekit.nets.mlp import ImageDiscriminator, ImageGenerator
from coursekit.nets.spectral import spectral_norm
from coursekit.penalties import r1
from coursekit.recipes.run import Recipe, Shape
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass


def uniform_unit_variance(*size: int, generator: torch.Generator, device: torch.device) -> torch.Tensor:
    """Uniform on [-sqrt 3, sqrt 3), whose variance is 1: the noise in Goodfellow's released configuration."""
    return uniform(*size, generator=generator, device=device) * math.sqrt(3)


def mlp_pair(shape: Shape, latent: int) -> tuple[nn.Module, nn.Module]:
    return ImageGenerator(shape, latent), ImageDiscriminator(shape)


def r1_step(game: Game) -> Step:
    """Algorithm 1 with the non-saturating loss and a little R1."""
    return adversarial(game, NON_SATURATING, penalty=partial(r1, weight=2.0))


def dcgan_pair(shape: Shape, latent: int) -> tuple[nn.Module, nn.Module]:
    channels, size = _square(shape)
    return dcgan_init(DCGANGenerator(size, channels, latent)), dcgan_init(DCGANDiscriminator(size, channels))


def spectral_pair(shape: Shape, latent: int) -> tuple[nn.Module, nn.Module]:
    channels, size = _square(shape)
    D = DCGANDiscriminator(size, channels, norm=lambda n: nn.Identity(), wrap=spectral_norm)
    return DCGANGenerator(size, channels, latent), D


def hinge_step(game: Game) -> Step:
    return shared_pass(game, HINGE)


def _square(shape: Shape) -> tuple[int, int]:
    channels, height, width = shape
    if height != width:
        raise ValueError(
            f"a DCGAN makes square images, these are {height} x {width}: load them with size={min(shape[1:])}"
        )
    return channels, height


VANILLA = Recipe(
    name="vanilla",
    summary="the first GAN: two multilayer perceptrons and the non-saturating loss",
    paper="Goodfellow et al. 2014",
    departures=(
        "Adam 1e-3 (0.5, 0.999) with a falling rate; the released code has SGD 0.1 with momentum 0.5 to 0.7",
        "leaky ReLU and R1 (weight 2 on pixels in [-1, 1]) in D; the paper has maxout and dropout",
        "batch normalisation in G (512-512); the released code has 1200-1200 without",
        "tanh output on [-1, 1]; the paper has sigmoid on [0, 1]",
        "bfloat16 where the processor has it; samples come from the averaged generator",
    ),
    nets=mlp_pair,
    step=r1_step,
    latent=100,
    noise=uniform_unit_variance,
    batch_size=100,
    lr=1e-3,
    betas=(0.5, 0.999),
    lr_end=0.05,
    ema=0.999,
    any_precision=True,
    n_steps=2200,
    full_steps=100_000,
)

DCGAN = Recipe(
    name="dcgan",
    summary="DCGAN with the paper's loss, normalisation, initialisation and rates, at the images' own size",
    paper="Radford et al. 2016",
    departures=("width 32 and images of 28 pixels in the course; the paper has width 128 at 64 pixels",),
    nets=dcgan_pair,
    step=adversarial,
    latent=100,
    noise=uniform,
    batch_size=128,
    lr=2e-4,
    betas=(0.5, 0.999),
    lr_end=1.0,
    ema=0.0,
    any_precision=False,
    n_steps=600,
    full_steps=20_000,
)

DCGAN_FAST = Recipe(
    name="dcgan-fast",
    summary="a DCGAN that gives good digits and garments in a minute on two CPU cores",
    paper="Radford et al. 2016; hinge loss and spectral normalisation: Miyato et al. 2018",
    departures=(
        "hinge loss and spectral normalisation in D; the paper has cross-entropy and batch normalisation",
        "Adam 2e-3 (0, 0.9), falling to 2 % over the second half; the paper has a constant 2e-4 (0.5, 0.999)",
        "one pass of G serves both updates; Algorithm 1 draws fresh noise for G",
        "PyTorch's default initialisation; the paper has N(0, 0.02)",
        "64 normal numbers as noise; the paper has 100 uniform ones",
        "batches of 64, width 32, bfloat16 where the processor has it; samples come from the averaged generator",
    ),
    nets=spectral_pair,
    step=hinge_step,
    latent=64,
    noise=torch.randn,
    batch_size=64,
    lr=2e-3,
    betas=(0.0, 0.9),
    lr_end=0.02,
    ema=0.99,
    any_precision=True,
    n_steps=1500,
    full_steps=25_000,
)

DCGAN_LONG = replace(
    DCGAN_FAST,
    name="dcgan-long",
    summary="dcgan-fast trained for half an hour: the recipe of the nets that the course ships",
    departures=(*DCGAN_FAST.departures, "a longer average of the generator than in dcgan-fast"),
    ema=0.999,
    n_steps=25_000,
    full_steps=50_000,
)
