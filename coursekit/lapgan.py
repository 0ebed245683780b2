"""LAPGAN (Denton et al. 2015): a pyramid of GANs, each trained by its own `fit`, sampled from coarse to fine.

No update rule is new: a level is the adversarial game on batches `(residual, low, *label)`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn

from coursekit.data.images import Images
from coursekit.data.levels import draw_at, level_batches
from coursekit.data.pyramid import downsample, halvings, upsample
from coursekit.data.streams import Batches, Latent, uniform
from coursekit.device import pick_precision
from coursekit.fit import Callback, fit
from coursekit.history import History
from coursekit.losses import HINGE
from coursekit.nets.average import Average
from coursekit.nets.lapgan import CoarseDiscriminator, CoarseGenerator, LevelDiscriminator, LevelGenerator
from coursekit.nets.precision import InPrecision
from coursekit.nets.spectral import spectral_norm
from coursekit.recipes import falling
from coursekit.scale.captured import adam, with_average
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass

N_POOL = 10_000  # images of the levels below from which a level's generated lows are drawn
SAMPLED_AT_ONCE = 500


@dataclass(frozen=True)
class LapganRecipe:
    """All that decides a LAPGAN but the images, the seed and the steps; one width a level, from coarse to fine."""

    channels: int = 1
    size: int = 28  # pixels of the finished images
    widths: tuple[int, ...] = (32, 16)  # channels in each level's generator; their number is that of the levels
    d_width: int = 32  # channels next to the image in each level's discriminator
    latent: int = 32  # noise of the coarse generator; a level has one plane of it
    hidden: int = 256  # width of the coarse pair
    n_classes: int = 0  # 0: unconditional
    generated: float = 0.0  # share of a level's batches whose low comes from the levels below, not from a real image
    batch_size: int = 32  # of each level
    coarse_batch: int = 64  # of the coarse pair; at equal seconds 128 has more recall than 32
    lr: float = 2e-3
    betas: tuple[float, float] = (0.0, 0.9)
    lr_end: float = 0.02  # the rate falls linearly to lr_end * lr over the second half of a level's steps
    ema: float = 0.99

    def __post_init__(self) -> None:
        if not 0 < len(self.widths) <= halvings(self.size):
            raise ValueError(
                f"{len(self.widths)} levels below {self.size} pixels: give one width for each halving, from 1 to "
                f"{halvings(self.size)} of them"
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Pixels of the coarse image and of each level: (7, 14, 28)."""
        return tuple(self.size >> k for k in reversed(range(len(self.widths) + 1)))

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number in the recipe changes."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


# The LAPGAN that the course ships: all of Fashion-MNIST, about 35 minutes of one core. Half of the usual rate: at 2e-3
# the coarse pair ended worse after 60,000 steps than after 20,000, and worse after those than at 1e-3.
SHIPPED = LapganRecipe(widths=(48, 32), latent=64, batch_size=64, lr=1e-3, ema=0.999)
SHIPPED_STEPS = (20_000, 12_000, 9_000)

# The rows that benchmarks/lapgan.py records for lesson 10, each with the steps of the lecture's own run.
ARMS = {
    "as above": LapganRecipe(coarse_batch=128),
    "half of the lows generated": LapganRecipe(coarse_batch=128, generated=0.5),
    "class-conditional": LapganRecipe(coarse_batch=128, n_classes=10),
}
ARM_STEPS = (500, 350, 450)


def arms_hash() -> str:
    """Twelve hex digits that change whenever a recipe behind the recorded rows, or their steps, change."""
    text = " ".join([*(recipe.hash() for recipe in ARMS.values()), str(ARM_STEPS)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def sample_lapgan(coarse: Tensor, levels: Sequence[nn.Module], noise: Sequence[Tensor], *label: Tensor) -> list[Tensor]:
    """[coarse, ..., image]: every image of the chain, coarse to fine, each twice the size of the one before.

    Each of `levels`, coarse to fine, adds a residual to the enlarged image: x = low + G(z, low, *label), where low is
    `upsample` of the image before and z, (N, pixels of the level), comes from `noise` (Denton et al. 2015, eq. 5).
    Raises ValueError where there is not one z a level.
    """
    if len(noise) != len(levels):
        raise ValueError(f"got noise for {len(noise)} levels, there are {len(levels)}: give one z (N, pixels) a level")
    images = [coarse]
    for G, z in zip(levels, noise, strict=True):
        low = upsample(images[-1])
        images.append(low + G(z, low, *label))
    return images


class Lapgan(nn.Module):
    """The generators of a LAPGAN, `coarse` and then `levels` from coarse to fine; `sample` runs the chain."""

    def __init__(self, recipe: LapganRecipe):
        super().__init__()
        self.recipe = recipe
        channels, (smallest, *sizes), classes = recipe.channels, recipe.sizes, recipe.n_classes
        self.coarse = CoarseGenerator((channels, smallest, smallest), recipe.latent, recipe.hidden, classes)
        self.levels = nn.ModuleList(
            LevelGenerator(size, channels, width, classes) for size, width in zip(sizes, recipe.widths, strict=True)
        )

    def sample(self, n: int, seed: int = 0, label: Tensor | None = None) -> Tensor:
        """`n` images (n, C, size, size) in [-1, 1]; a conditional one takes labels (n,), else 0, 1, ... in turn."""
        return self.chain(n, seed, label)[-1].clamp(-1, 1)

    @torch.no_grad()
    def chain(self, n: int, seed: int = 0, label: Tensor | None = None, n_levels: int | None = None) -> list[Tensor]:
        """As `sample`, with the images before it, coarse to fine and not clipped, and only `n_levels` if given."""
        self.eval()
        levels = self.levels[:n_levels]
        draw = [Latent(self.recipe.latent, seed, self.device)]
        draw += [Latent(G.size**2, seed + k, self.device, uniform) for k, G in enumerate(levels, 1)]
        parts = []
        for y in self.labels(n, label).split(SAMPLED_AT_ONCE):
            z, *noise = (latent(len(y)) for latent in draw)
            label = (y,) if self.recipe.n_classes else ()
            parts.append(sample_lapgan(self.coarse(z, *label), levels, noise, *label))
        return [torch.cat(images) for images in zip(*parts, strict=True)]

    def labels(self, n: int, label: Tensor | None = None) -> Tensor:
        """The labels (n,) that `sample` uses: those given, else every class in turn; zeros where there are none."""
        if label is None:
            return torch.arange(n, device=self.device) % max(self.recipe.n_classes, 1)
        if not self.recipe.n_classes:
            raise ValueError("labels were given, and this LAPGAN was trained without: leave them out")
        if label.shape != (n,):
            raise ValueError(f"labels are {tuple(label.shape)}, they must be ({n},): one for each image")
        return label.to(self.device)

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device


def chained_batches(images: Images, below: Lapgan, size: int, seed: int) -> Batches:
    """As `level_batches`, but a share `generated` of the lows is enlarged from what `below` samples at size / 2.

    The residual is still x - low, whatever low is: D sees the sum, a real image. Only G meets the other lows, which
    are those that it will have to work on (a departure from the paper, where a level never sees a generated image).
    """
    recipe, n_levels = below.recipe, below.recipe.sizes.index(size) - 1
    if not recipe.generated:
        return level_batches(images, size, recipe.batch_size, seed, labels=recipe.n_classes > 0)
    n_classes = max(recipe.n_classes, 1)
    pool = below.chain(N_POOL, seed, n_levels=n_levels)[-1]  # image i has label i % n_classes

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        x, *label = draw_at(images, size, n, generator, labels=recipe.n_classes > 0)
        low = upsample(downsample(x))
        m = round(recipe.generated * n)
        chosen = n_classes * torch.randint(N_POOL // n_classes, (m,), generator=generator, device=x.device)
        low[:m] = upsample(pool[chosen + sum(y[:m] for y in label)])
        return x - low, low, *label

    return Batches(draw, recipe.batch_size, seed, images.images.device)


def train_lapgan(
    images: Images,
    recipe: LapganRecipe,
    n_steps: Sequence[int],
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> tuple[Lapgan, list[History]]:
    """A LAPGAN of `images`, trained level by level from coarse to fine, and each level's history.

    `n_steps` has one number for the coarse GAN and one a level; callbacks get (n, losses) with n from 1 in each level.
    The same seed gives the same LAPGAN. Raises ValueError where the images do not fit the recipe.
    """
    shape, wanted = tuple(images.images.shape[1:]), (recipe.channels, recipe.size, recipe.size)
    if shape != wanted:
        raise ValueError(f"the images are {shape}, the recipe's {wanted}: load them with size={recipe.size}")
    if len(n_steps) != len(recipe.sizes):
        raise ValueError(f"got steps for {len(n_steps)} GANs, the sizes are {recipe.sizes}: give one number for each")
    torch.manual_seed(seed)
    lapgan = Lapgan(recipe).to(images.images.device)
    histories = [train_level(lapgan, k, images, n, seed, callbacks, progress) for k, n in enumerate(n_steps)]
    return lapgan, histories


def train_level(
    lapgan: Lapgan,
    k: int,
    images: Images,
    n_steps: int,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Train the coarse generator (k = 0) or the k-th level of `lapgan`, in place, against a D of its own.

    The levels below k must have been trained. Hinge loss, spectral normalisation in D, one pass of G for both updates,
    Adam with a falling rate: dcgan-fast's settings. What stays in `lapgan` is the average over training.
    """
    recipe, device = lapgan.recipe, images.images.device
    size, own_seed = recipe.sizes[k], 1000 * seed + 10 * k
    torch.manual_seed(own_seed)
    if k == 0:
        D = CoarseDiscriminator((recipe.channels, size, size), recipe.hidden, recipe.n_classes, spectral_norm)
        G, latent = lapgan.coarse, Latent(recipe.latent, own_seed, device)
        draw = partial(draw_at, images, size, labels=recipe.n_classes > 0)
        batches = Batches(draw, recipe.coarse_batch, own_seed + 1, device)
    else:
        D = LevelDiscriminator(size, recipe.channels, recipe.d_width, recipe.n_classes, spectral_norm)
        G, latent = lapgan.levels[k - 1], Latent(size**2, own_seed, device, uniform)
        batches = chained_batches(images, lapgan, size, own_seed + 1)
    dtype = pick_precision(device)
    G, D = InPrecision(G.train(), dtype), InPrecision(D.to(device), dtype)
    adams = [adam(net, recipe.lr, recipe.betas, device) for net in (G, D)]
    rates = [torch.optim.lr_scheduler.LambdaLR(a, partial(falling, n_steps, recipe.lr_end)) for a in adams]
    average = Average(G, recipe.ema)
    step = shared_pass(Game(G, D, *adams, latent), HINGE)
    step, follow = with_average(step, average, batches, latent, capture=device.type == "cuda")
    follow = (*follow, lambda n, losses: [rate.step() for rate in rates], *callbacks)
    history = fit(step, batches, n_steps, follow, progress=progress)
    G.load_state_dict(average.net.state_dict())
    return history
