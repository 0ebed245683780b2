"""Batches for one level of a Laplacian pyramid: the detail that a halving loses, and what it keeps."""

import torch
from torch import Tensor

from coursekit.data.images import Images
from coursekit.data.pyramid import downsample, upsample
from coursekit.data.streams import Batches


def level_batches(images: Images, size: int, batch_size: int, seed: int, labels: bool = False) -> Batches:
    """An endless stream of `(residual, low)` or `(residual, low, label)` at `size` pixels; low + residual is real."""

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        x, *label = draw_at(images, size, n, generator, labels=labels)
        low = upsample(downsample(x))
        return x - low, low, *label

    return Batches(draw, batch_size, seed, images.images.device)


def draw_at(images: Images, size: int, n: int, generator: torch.Generator, *, labels: bool) -> tuple[Tensor, ...]:
    """`n` random images, halved until they have `size` pixels, and their labels if asked for."""
    index = torch.randint(len(images), (n,), generator=generator, device=images.images.device)
    x = images.floats(index)
    while x.shape[-1] > size:
        x = downsample(x)
    return (x, images.labels[index]) if labels else (x,)
