"""A critic in place of human judges: how many of a forger's images pass for real where 90 % of the real ones do.

Denton et al. 2015, sec. 4.3, asked people; a test that runs without people asks a small net. Its figures say which of
several forgers is harder to tell from the data *for this net*, and nothing about people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from coursekit.data.streams import Batches
from coursekit.fit import fit
from coursekit.nets.dcgan import DCGANDiscriminator
from coursekit.steps.supervised import supervised

PASSING = 0.9  # share of real images that the critic accepts; the paper's volunteers accepted over 90 %


@dataclass(frozen=True)
class Critic:
    """A trained net and the score from which it takes an image for real."""

    net: nn.Module
    threshold: float

    def passes(self, x: Tensor) -> Tensor:
        """Which of the images (N, C, H, W) the critic takes for real, booleans (N,)."""
        return _scores(self.net, x) >= self.threshold

    def judged_real(self, x: Tensor) -> float:
        """The share of images that pass for real: a forger's fooling rate."""
        return self.passes(x).float().mean().item()


def train_critic(real: Tensor, fakes: Sequence[Tensor], held_out: Tensor, n_steps: int = 300, seed: int = 0) -> Critic:
    """A critic of square images, trained on half a batch of `real` and half of `fakes`, an equal part of each forger's.

    All are (N, C, size, size) in [-1, 1]. One critic for all forgers: it cannot be harder on one by training. The
    threshold lets 90 % of the real images in `held_out` pass, which the critic was not trained on; judge forgers on
    images that are not among `fakes` either, and real ones on others than `held_out`.
    """
    if not fakes:
        raise ValueError("there are no fakes: give the images of at least one forger")
    torch.manual_seed(seed)
    net = DCGANDiscriminator(real.shape[-1], real.shape[1], width=16).to(real.device)

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        each = n // (2 * len(fakes))
        parts = [_some(real, each * len(fakes), generator), *(_some(fake, each, generator) for fake in fakes)]
        x = torch.cat(parts)
        return x, (torch.arange(len(x), device=x.device) < len(parts[0])).float()[:, None]

    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    step = supervised(net, optimizer, binary_cross_entropy_with_logits)
    fit(step, Batches(draw, 96, seed, real.device), n_steps, progress=False)
    net.eval()
    return Critic(net, torch.quantile(_scores(net, held_out), 1 - PASSING).item())


def _some(x: Tensor, n: int, generator: torch.Generator) -> Tensor:
    return x[torch.randint(len(x), (n,), generator=generator, device=x.device)]


@torch.no_grad()
def _scores(net: nn.Module, x: Tensor) -> Tensor:
    """The net's scores (n,), on its device, of images on any."""
    device = next(net.parameters()).device
    return torch.cat([net(part.to(device)) for part in x.split(1000)]).flatten()
