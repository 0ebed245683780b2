"""Right answers to the exercises of lesson 10, made in another way than the solution: the checks must pass them."""

import torch
import torch.nn.functional as F
from torch import nn


def downsample(x):
    """By slices."""
    if x.shape[-1] % 2 == 1 or x.shape[-2] % 2 == 1:
        raise ValueError("odd")
    return sum(x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4


def upsample(x):
    """By hand: three quarters and a quarter, first in one direction, then in the other."""
    for axis in (2, 3):
        size = x.shape[axis]
        before = x.index_select(axis, torch.arange(-1, size - 1).clamp(min=0))
        after = x.index_select(axis, torch.arange(1, size + 1).clamp(max=size - 1))
        pairs = torch.stack([0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after], axis + 1)
        x = pairs.flatten(axis, axis + 1)
    return x


def laplacian_pyramid(x, n_levels):
    """By recursion, as a tuple."""
    if n_levels == 0:
        return (x,)
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    half = F.interpolate(x, scale_factor=0.5, mode="area")
    detail = x - F.interpolate(half, size=x.shape[2:], mode="bilinear")
    return (detail, *laplacian_pyramid(half, n_levels - 1))


def reconstruct(pyramid):
    """Everything enlarged to full size, then one sum: bilinear enlargement is linear."""
    total = torch.zeros_like(pyramid[0])
    for k, part in enumerate(pyramid):
        for _ in range(k):
            part = F.interpolate(part, scale_factor=2.0, mode="bilinear")
        total += part
    return total


class LevelGenerator(nn.Module):
    """Low first, kernels of 5 and 3, three hidden layers, functions for non-linearities."""

    def __init__(self, size, channels, width):
        super().__init__()
        self.size = size
        self.first = nn.Conv2d(channels + 1, width, 5, 1, 2, bias=False)
        self.hidden = nn.ModuleList([nn.Conv2d(width, width, 3, padding="same") for _ in range(2)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(width) for _ in range(3)])
        self.last = nn.Conv2d(width, channels, 1)

    def forward(self, z, low):
        h = self.norms[0](
            self.first(torch.cat((low, z.reshape(-1, 1, self.size, self.size)), dim=1))
        )
        for convolution, norm in zip(self.hidden, self.norms[1:], strict=True):
            h = norm(convolution(F.relu(h)))
        return self.last(F.relu_(h))


@torch.no_grad()
def sample_lapgan(coarse, levels, latents, n):
    """All noise first, and the nets back in the mode in which they came."""
    nets, modes = [coarse, *levels], [net.training for net in (coarse, *levels)]
    noise = [latent(n) for latent in latents]
    images = [coarse.eval()(noise[0])]
    for k in range(1, len(nets)):
        low = F.interpolate(images[-1], scale_factor=2, mode="bilinear")
        images.append(nets[k].eval()(noise[k], low).add(low))
    for net, mode in zip(nets, modes, strict=True):
        net.train(mode)
    return images[-1]
