"""Conditional GANs on labelled images: one generator, three discriminators, and the figures that compare them.

No update rule is new: batches are `(x, label)`, and the step hands the label on to both nets.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn

from coursekit.data.images import Images
from coursekit.data.streams import Latent
from coursekit.device import pick_precision
from coursekit.fit import Callback, fit
from coursekit.history import History
from coursekit.losses import NON_SATURATING, Loss, auxiliary
from coursekit.nets.average import Average
from coursekit.nets.conditional import (
    AuxiliaryDiscriminator,
    ProjectionDiscriminator,
    concat_discriminator,
    conditional_generator,
)
from coursekit.nets.precision import InPrecision
from coursekit.nets.spectral import spectral_norm
from coursekit.recipes import falling
from coursekit.scale.captured import adam, with_average
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass

# How the discriminator is told the label: the net, and the loss that goes with it.
WAYS: dict[str, tuple[Callable[..., nn.Module], Loss]] = {
    "concatenation": (concat_discriminator, NON_SATURATING),
    "projection": (ProjectionDiscriminator, NON_SATURATING),
    "AC-GAN": (AuxiliaryDiscriminator, auxiliary(NON_SATURATING)),
}
SAMPLED_AT_ONCE = 500


@dataclass(frozen=True)
class ConditionalRecipe:
    """All that decides a conditional GAN but the images, the seed and the steps."""

    way: str = "projection"  # a name of WAYS
    n_classes: int = 10
    channels: int = 1
    size: int = 28
    latent: int = 64
    width: int = 32
    d_width: int = 32
    batch_size: int = 64
    lr: float = 2e-3
    betas: tuple[float, float] = (0.0, 0.9)
    lr_end: float = 0.02  # the rate falls linearly to lr_end * lr over the second half of the steps
    ema: float = 0.99

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ValueError(f"there is no way {self.way!r} to tell D a label: choose one of {', '.join(WAYS)}")

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number in the recipe changes."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


ARM_STEPS = 800  # of each row that benchmarks/conditional.py records for lesson 12


def arms_hash() -> str:
    """Twelve hex digits that change whenever a recipe of the recorded GANs on digits, or their steps, change."""
    text = " ".join([*(ConditionalRecipe(way=way).hash() for way in WAYS), str(ARM_STEPS)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# The generator that the course ships as cgan-mnist: thirteen minutes of one core.
SHIPPED = ConditionalRecipe(ema=0.999)
SHIPPED_STEPS = 10_000


class ConditionalGenerator(nn.Module):
    """A trained conditional generator: `sample` gives images of the labels that are asked for."""

    def __init__(self, recipe: ConditionalRecipe):
        super().__init__()
        self.recipe = recipe
        self.net = conditional_generator(recipe.size, recipe.channels, recipe.latent, recipe.width, recipe.n_classes)

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        return self.net(z, label)

    @torch.no_grad()
    def sample(self, n: int, seed: int = 0, label: Tensor | None = None) -> Tensor:
        """`n` images (n, C, size, size) in [-1, 1] of labels (n,); without labels of every class in turn."""
        self.eval()
        device = next(self.parameters()).device
        if label is None:
            label = torch.arange(n, device=device) % self.recipe.n_classes
        if label.shape != (n,):
            raise ValueError(f"labels are {tuple(label.shape)}, they must be ({n},): one for each image")
        latent = Latent(self.recipe.latent, seed, device)
        return torch.cat([self(latent(len(y)), y) for y in label.to(device).split(SAMPLED_AT_ONCE)])


def train_conditional(
    images: Images,
    recipe: ConditionalRecipe,
    n_steps: int,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> tuple[ConditionalGenerator, History]:
    """The averaged generator of a conditional GAN on labelled images, and the history. The same seed, the same net.

    Cross-entropy, the non-saturating half for G, spectral normalisation in D, one pass of G for both updates, Adam with
    a falling rate: but for the loss the settings of `dcgan-fast`. Raises ValueError where the images do not fit.
    """
    shape, wanted = tuple(images.images.shape[1:]), (recipe.channels, recipe.size, recipe.size)
    if shape != wanted:
        raise ValueError(f"the images are {shape}, the recipe's {wanted}: load them with size={recipe.size}")
    device = images.images.device
    torch.manual_seed(seed)
    make_d, loss = WAYS[recipe.way]
    generator = ConditionalGenerator(recipe).to(device)
    D = make_d(recipe.size, recipe.channels, recipe.d_width, recipe.n_classes, spectral_norm)
    dtype = pick_precision(device)
    G, D = InPrecision(generator, dtype), InPrecision(D.to(device), dtype)
    adams = [adam(net, recipe.lr, recipe.betas, device) for net in (G, D)]
    rates = [torch.optim.lr_scheduler.LambdaLR(a, partial(falling, n_steps, recipe.lr_end)) for a in adams]
    average = Average(generator, recipe.ema)
    latent, batches = Latent(recipe.latent, seed + 1, device), images.batches(recipe.batch_size, seed + 2, labels=True)
    step = shared_pass(Game(G, D, *adams, latent), loss)
    step, follow = with_average(step, average, batches, latent, capture=device.type == "cuda")
    follow = (*follow, lambda n, losses: [rate.step() for rate in rates], *callbacks)
    history = fit(step, batches, n_steps, follow, progress=progress)
    return average.net.eval(), history
