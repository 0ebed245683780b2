"""Recipes: a name -> everything needed to train, with the paper's numbers and each departure from them.

`RECIPES["dcgan-fast"].start(images, n_steps)` gives a `Run` that is ready for `fit`; `coursekit train` is the same from
the command line.
"""

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial

import torch
from torch import nn

from coursekit import checkpoints
from coursekit.data.images import Images
from coursekit.data.streams import Batches, Latent, uniform
from coursekit.device import pick_precision
from coursekit.fit import Callback, Step, fit
from coursekit.history import History
from coursekit.losses import HINGE, NON_SATURATING
from coursekit.nets.average import Average
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from coursekit.nets.init import dcgan_init
from coursekit.nets.mlp import ImageDiscriminator, ImageGenerator
from coursekit.nets.precision import InPrecision
from coursekit.nets.spectral import spectral_norm
from coursekit.penalties import r1
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass

Shape = tuple[int, int, int]  # (channels, height, width)


@dataclass(frozen=True)
class Recipe:
    """All that decides a run but the data, the seed and the number of steps."""

    name: str
    summary: str
    paper: str
    departures: tuple[str, ...]
    nets: Callable[[Shape, int], tuple[nn.Module, nn.Module]]  # (image shape, latent) -> (G, D)
    step: Callable[[Game], Step]
    latent: int
    noise: Callable[..., torch.Tensor]
    batch_size: int
    lr: float  # of both nets
    betas: tuple[float, float]  # Adam
    lr_end: float  # the rate falls linearly to lr_end * lr over the second half of the steps; 1 keeps it
    ema: float  # decay of the averaged generator; 0 for none
    any_precision: bool  # True: bfloat16 where the device has it; False: float32 as in the paper
    n_steps: int  # about one minute on 2 CPU cores, but for dcgan-long

    @property
    def extendable(self) -> bool:
        """Whether a finished run can go on to more steps: not where the rate falls towards the last one."""
        return self.lr_end == 1

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number or a function's name in the recipe changes."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("summary", "n_steps")}
        text = json.dumps(values, default=name_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def start(self, images: Images, n_steps: int, seed: int = 0) -> "Run":
        """Build nets, optimisers and streams from `seed`, on the images' device: the same seed gives the same run."""
        device = images.images.device
        dtype = pick_precision(device) if self.any_precision else torch.float32
        torch.manual_seed(seed)
        G, D = (InPrecision(net.to(device), dtype) for net in self.nets(tuple(images.images.shape[1:]), self.latent))
        fused = device.type in ("cpu", "cuda")
        g_adam, d_adam = (torch.optim.Adam(net.parameters(), self.lr, self.betas, fused=fused) for net in (G, D))
        game = Game(G, D, g_adam, d_adam, Latent(self.latent, seed + 1, device, self.noise))
        batches = images.batches(self.batch_size, seed + 2)
        meta = {"recipe": self.name, "recipe_hash": self.hash(), "data": images.name, "seed": seed, "n_steps": n_steps}
        meta |= {"shape": list(images.images.shape[1:]), "precision": str(dtype), "device": device.type}
        rates = [torch.optim.lr_scheduler.LambdaLR(a, partial(falling, n_steps, self.lr_end)) for a in (g_adam, d_adam)]
        return Run(self, self.step(game), batches, game, Average(G, self.ema), rates, meta)


@dataclass
class Run:
    """A recipe in motion: `run.fit()` trains to the end; all of its state is in `parts`."""

    recipe: Recipe
    step: Step
    batches: Batches
    game: Game
    average: Average
    rates: list[torch.optim.lr_scheduler.LRScheduler]
    meta: dict
    others: dict[str, checkpoints.Stateful] = field(default_factory=dict)  # more state: a replay buffer, for one
    watchers: tuple[Callback, ...] = ()  # called after each step, before `fit`'s own callbacks

    def __post_init__(self) -> None:
        self.history = History(self.meta)

    def fit(self, callbacks: tuple[Callback, ...] = (), progress: bool = True) -> History:
        """Train until the history holds `n_steps` steps; a run that was loaded goes on where it was."""
        follow = (self.average, lambda n, losses: [rate.step() for rate in self.rates])
        callbacks = (*follow, *self.watchers, *callbacks)
        return fit(self.step, self.batches, self.meta["n_steps"], callbacks, self.history, progress)

    @property
    def nets(self) -> dict[str, nn.Module]:
        """What a reader of the finished run needs: the nets and the averaged generator."""
        return {"G": self.game.G, "D": self.game.D, "average": self.average.net}

    @property
    def parts(self) -> dict[str, checkpoints.Stateful]:
        """What an exact resume needs."""
        game, (g_rate, d_rate) = self.game, self.rates
        optimisers = {
            "g_optimizer": game.g_optimizer,
            "d_optimizer": game.d_optimizer,
            "g_rate": g_rate,
            "d_rate": d_rate,
        }
        streams = {"batches": self.batches, "latent": game.latent, "global": checkpoints.GlobalGenerator()}
        nets = {"G": game.G, "D": game.D, "average": self.average}
        return {**nets, **optimisers, **streams, "history": self.history, **self.others}

    @torch.no_grad()
    def sample(self, n: int, seed: int = 0) -> torch.Tensor:
        """`n` images in [-1, 1] from the averaged generator in eval mode, on the device."""
        G = self.average.net.eval()
        latent = Latent(self.recipe.latent, seed, self.game.latent.generator.device, self.recipe.noise)
        return torch.cat([G(latent(min(500, n - i))) for i in range(0, n, 500)])


def falling(n_steps: int, end: float, n: int) -> float:
    """The factor on the rate after `n` steps: 1 in the first half, then linear down to `end` at `n_steps`."""
    half = n_steps / 2
    return 1 - (1 - end) * min(1.0, max(0.0, (n - half) / max(half, 1)))


def name_of(function: Callable) -> str:
    """A function's name with the keywords that `partial` set: what a hash of a recipe sees of it."""
    if isinstance(function, partial):
        return f"{name_of(function.func)}({function.keywords})"
    return getattr(function, "__name__", repr(function))


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


def spectral_pair(shape: Shape, latent: int, width: int = 32) -> tuple[nn.Module, nn.Module]:
    channels, size = _square(shape)
    D = DCGANDiscriminator(size, channels, width, norm=lambda n: nn.Identity(), wrap=spectral_norm)
    return DCGANGenerator(size, channels, latent, width), D


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
)

DCGAN_LONG = replace(
    DCGAN_FAST,
    name="dcgan-long",
    summary="dcgan-fast, wider and trained twenty times as long: the recipe of the nets that the course ships",
    departures=(*DCGAN_FAST.departures[:-1], "as dcgan-fast, with width 48 and a longer average of the generator"),
    nets=partial(spectral_pair, width=48),
    ema=0.999,
    n_steps=30_000,
)

RECIPES = {recipe.name: recipe for recipe in (VANILLA, DCGAN, DCGAN_FAST, DCGAN_LONG)}
