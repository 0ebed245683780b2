"""The two feature nets of lesson 16, trained by the course on different tasks: one for the loss, one for the judge."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss
from torch.optim.lr_scheduler import LambdaLR

from coursekit.data.photographs import GREY, PHOTOGRAPHS, WITHHELD, Pairs, photo_pairs
from coursekit.data.streams import Batches
from coursekit.fit import fit
from coursekit.nets.perceptual import WhichColour, WhichPhotograph, colour_differences
from coursekit.recipes import falling
from coursekit.steps.supervised import supervised

SIZE = 48  # pixels of the patches
SCALES = (0.5, 0.7, 1.0)
IN_COLOUR = tuple(name for name in PHOTOGRAPHS if name not in WITHHELD)
ALL = (*IN_COLOUR, *(name for name in GREY if name not in WITHHELD))
LOSS_SEED, JUDGE_SEED = 0, 1000


def train_which_photograph(n_steps: int = 1200, seed: int = LOSS_SEED, progress: bool = True) -> WhichPhotograph:
    """The loss net: from which of eight photographs is this patch? Brightness and colours are changed at random."""
    pairs = photo_pairs(4000, SIZE, "left", seed, names=ALL, scales=SCALES)
    torch.manual_seed(seed)
    net = WhichPhotograph(len(ALL))
    train(net, cross_entropy, labelled(pairs, seed), n_steps, progress)
    return finished(net, pairs)


def train_which_colour(n_steps: int = 1200, seed: int = JUDGE_SEED, progress: bool = True) -> WhichColour:
    """The judge: which colour belongs to a place of a grey picture? Other task, other seed, other patches."""
    pairs = photo_pairs(4000, SIZE, "left", seed, names=IN_COLOUR, scales=SCALES)
    torch.manual_seed(seed)
    net = WhichColour()
    train(net, mse_loss, coloured(pairs, seed), n_steps, progress)
    return finished(net, pairs)


def train(net: nn.Module, loss, batches: Batches, n_steps: int, progress: bool) -> None:
    adam = torch.optim.Adam(net.parameters(), 2e-3)
    rate = LambdaLR(adam, partial(falling, n_steps, 0.02))
    fit(supervised(net, adam, loss), batches, n_steps, (lambda n, losses: rate.step(),), progress=progress)


def finished(net: WhichPhotograph | WhichColour, pairs: Pairs) -> nn.Module:
    """The net frozen, its maps scaled to deviation 1 on patches."""
    net.requires_grad_(False).eval()
    net.calibrate(pairs.floats(slice(500))[0])
    return net


def drawn(pairs: Pairs, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    index = torch.randint(len(pairs), (n,), generator=generator)
    return pairs.floats(index)[0], pairs.labels[index]


def labelled(pairs: Pairs, seed: int) -> Batches:
    """Batches (patch, label); each channel of a patch gets another gain and offset, so that structure must tell."""

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        x, label = drawn(pairs, n, generator)
        gain, offset = torch.rand(2, n, 3, 1, 1, generator=generator)
        return ((0.6 + 0.8 * gain) * x + 0.6 * (offset - 0.5)).clamp(-1, 1), label

    return Batches(draw, 32, seed)


def coloured(pairs: Pairs, seed: int) -> Batches:
    """Batches (patch, its colour differences)."""

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        x, _ = drawn(pairs, n, generator)
        return x, colour_differences(x)

    return Batches(draw, 32, seed)


@torch.no_grad()
def share_right(net: WhichPhotograph, half: str = "right", n: int = 800) -> float:
    """Share of patches whose photograph is named, by default of the halves that the net was not trained on."""
    pairs = photo_pairs(n, SIZE, half, 77, names=ALL, scales=SCALES)
    return (net(pairs.floats()[0]).argmax(1) == pairs.labels).float().mean().item()


@torch.no_grad()
def colour_explained(net: WhichColour, half: str = "right", n: int = 800) -> float:
    """1 - squared error / variance of the colour differences: 0 for a net that answers with the mean."""
    x = photo_pairs(n, SIZE, half, 77, names=IN_COLOUR, scales=SCALES).floats()[0]
    wanted = colour_differences(x)
    spread = (wanted - wanted.mean((0, 2, 3), keepdim=True)).square().mean()
    return 1 - (mse_loss(net(x), wanted) / spread).item()
