"""The chain of lesson 10 with noise drawn on the way, as the exercise has it."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from coursekit import lapgan


@torch.no_grad()
def sample_lapgan(
    coarse: nn.Module, levels: Sequence[nn.Module], latents: Sequence[Callable[[int], Tensor]], n: int
) -> Tensor:
    """n images from coarse to fine, the nets in eval mode; `latents` draw the noise, one for each net."""
    for net in (coarse, *levels):
        net.eval()
    z, *noise = (latent(n) for latent in latents)
    return lapgan.sample_lapgan(coarse(z), levels, noise)[-1]
