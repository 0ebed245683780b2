"""Two calls of `fit` make an SRGAN: one of the supervised step (SRResNet), one of the adversarial step with content."""

import copy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.optim.lr_scheduler import LambdaLR

from coursekit.data.photographs import GREY, PAIRED, WITHHELD, Pairs, photo_pairs
from coursekit.data.streams import Latent, turned
from coursekit.device import pick_precision
from coursekit.fit import Callback, fit
from coursekit.history import History
from coursekit.losses import NON_SATURATING, Loss
from coursekit.metrics.super_resolution import HasMaps
from coursekit.nets.average import Average
from coursekit.nets.precision import InPrecision
from coursekit.nets.spectral import spectral_norm
from coursekit.nets.srgan import SRDiscriminator, SRResNet, WithoutNoise
from coursekit.penalties import total_variation
from coursekit.recipes import falling
from coursekit.scale.captured import adam, with_average
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.supervised import supervised
from coursekit.super_resolution.losses import all_maps, content_loss


@dataclass(frozen=True)
class SrganRecipe:
    """All that decides an SRResNet and the SRGAN that starts from it, but the seed and the feature net."""

    width: int = 24
    n_blocks: int = 4
    d_width: int = 24
    size: int = 64  # pixels of the patches, high
    n_pairs: int = 1800
    names: tuple[str, ...] = PAIRED
    scales: tuple[float, ...] = (0.5,)
    contrast: float = 0.0  # of patches that are kept: plain ones too, where a GAN must learn to draw nothing
    jpeg: float = 0.0  # share of the lows that went through JPEG
    batch_size: int = 8
    n_steps: tuple[int, int] = (450, 250)  # of SRResNet, and of SRGAN after it
    lr: float = 1.5e-3  # of SRResNet; the paper's 1e-4 is for a hundred thousand steps
    g_lr: float = 3e-4
    d_lr: float = 5e-4
    content: float = 1.0  # weight of the features' squared error
    pixels: float = 20.0  # weight of the pixels' squared error; the paper has none, its features come from ImageNet
    adversarial: float = 0.1  # weight of D's opinion; the paper's 1e-3 is for VGG's features
    variation: float = 0.0  # weight of the total variation
    lr_end: float = 0.05  # each rate falls linearly to lr_end of itself over the second half of its steps
    ema: float = 0.99

    def pairs(self, half: str = "left", seed: int = 0, device: torch.device | str = "cpu") -> Pairs:
        """The recipe's training pairs, or as many of the right halves."""
        how = (self.names, self.scales, self.contrast, self.jpeg)
        return photo_pairs(self.n_pairs, self.size, half, seed, device, *how)

    def longer(self, factor: int) -> "SrganRecipe":
        """The same recipe with `factor` times as many steps."""
        return replace(self, n_steps=tuple(factor * n for n in self.n_steps))

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number in the recipe changes."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


FAST = SrganRecipe()

# The net that the course ships: wider, deeper, on larger patches of more pictures; about 15 minutes of one core.
SHIPPED = SrganRecipe(
    width=32,
    n_blocks=8,
    size=96,
    n_pairs=4000,
    names=(*PAIRED, *(name for name in GREY if name not in WITHHELD)),
    scales=(0.5, 0.7, 1.0),
    jpeg=0.3,
    batch_size=6,
    n_steps=(3500, 1200),
    lr=1e-3,
    ema=0.995,
)

SWEEP = (0.0, 0.03, 0.1, 0.4)  # adversarial weights of the curve that benchmarks/srgan.py records


def sweep_hash() -> str:
    """Twelve hex digits that change whenever what is behind the recorded curve does."""
    return hashlib.sha256(f"{FAST.hash()} {SWEEP}".encode()).hexdigest()[:12]


def weighted(loss: Loss, weight: float) -> Loss:
    """The loss with G's half times `weight`: how much D's opinion counts beside the content."""
    return Loss(loss.name, loss.d, lambda fake, real: weight * loss.g(fake, real))


def with_rates(net: nn.Module, recipe: SrganRecipe, lr: float, n_steps: int, betas=(0.9, 0.999)):
    """Adam for a net, and the callback that lets its rate fall."""
    optimizer = adam(net, lr, betas, next(net.parameters()).device)
    rate = LambdaLR(optimizer, partial(falling, n_steps, recipe.lr_end))
    return optimizer, lambda n, losses: rate.step()


def train_srresnet(
    recipe: SrganRecipe, pairs: Pairs, seed: int = 0, callbacks: Sequence[Callback] = (), progress: bool = True
) -> tuple[SRResNet, History]:
    """SRResNet: the squared error of pixels, and nothing else; the average of its weights over training."""
    torch.manual_seed(seed)
    net = SRResNet(recipe.width, recipe.n_blocks).to(pairs.high.device)
    trained, n_steps = in_precision(net), recipe.n_steps[0]
    optimizer, fall = with_rates(trained, recipe, recipe.lr, n_steps)
    average = Average(trained, recipe.ema)
    step, batches = supervised(trained, optimizer, mse_loss), turned(pairs.batches(recipe.batch_size, seed))
    step, follow = with_average(step, average, batches, capture=pairs.high.device.type == "cuda")
    history = fit(step, batches, n_steps, (*follow, fall, *callbacks), progress=progress)
    return average.net.net.eval(), history


def train_srgan(
    recipe: SrganRecipe,
    pairs: Pairs,
    start: SRResNet,
    features: HasMaps,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> tuple[SRResNet, SRDiscriminator, History]:
    """SRGAN from a trained SRResNet, which stays as it is: content in `features` and pixels, and D's opinion."""
    torch.manual_seed(seed + 1)
    G = in_precision(WithoutNoise(copy.deepcopy(start).train().requires_grad_(True)))
    D = in_precision(SRDiscriminator(recipe.d_width, wrap=spectral_norm).to(pairs.high.device))
    maps, n_steps = all_maps(features), recipe.n_steps[1]

    def content(D: nn.Module, real: Tensor, fake: Tensor, low: Tensor) -> Tensor:
        value = recipe.content * content_loss(maps, fake, real) + recipe.pixels * mse_loss(fake, real)
        return value + recipe.variation * total_variation(fake)

    g_adam, g_fall = with_rates(G, recipe, recipe.g_lr, n_steps, (0.5, 0.99))
    d_adam, d_fall = with_rates(D, recipe, recipe.d_lr, n_steps, (0.5, 0.99))
    average = Average(G, recipe.ema)
    device, loss = pairs.high.device, weighted(NON_SATURATING, recipe.adversarial)
    latent, batches = Latent(1, seed, device), pairs.batches(recipe.batch_size, seed + 1)  # the noise is not used
    step = adversarial(Game(G, D, g_adam, d_adam, latent), loss, content=content)
    step, follow = with_average(step, average, batches, latent, capture=device.type == "cuda")
    history = fit(step, batches, n_steps, (*follow, g_fall, d_fall, *callbacks), progress=progress)
    return average.net.net.net.eval(), D.net, history


def in_precision(net: nn.Module) -> InPrecision:
    """The net in the precision that its device has natively."""
    return InPrecision(net, pick_precision(next(net.parameters()).device))
