"""Two-dimensional data whose modes are known, so that a claim about modes can be counted."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from coursekit.data.streams import Batches


@dataclass(frozen=True)
class Toy:
    """A distribution on the plane: `draw(n, generator)` -> (n, 2); `centers` (M, 2) and `sd` where it has modes."""

    name: str
    draw: Callable[[int, torch.Generator], Tensor]
    centers: Tensor | None = None
    sd: float | None = None

    def batches(self, batch_size: int, seed: int = 0, device: torch.device | str = "cpu") -> Batches:
        """An endless stream of tuples `(points,)`, points (batch_size, 2) on `device`."""
        return Batches(lambda n, generator: (self.draw(n, generator),), batch_size, seed, device)


def gaussians(name: str, centers: Tensor, sd: float) -> Toy:
    """A mixture in equal parts of isotropic Gaussians around `centers` (M, 2) with standard deviation `sd`."""
    centers = centers.float()
    centers_on = functools.cache(centers.to)  # moved once: a captured step may copy nothing from the host

    def draw(n: int, generator: torch.Generator) -> Tensor:
        which = torch.randint(len(centers), (n,), generator=generator, device=generator.device)
        noise = torch.randn(n, 2, generator=generator, device=generator.device)
        return centers_on(generator.device)[which] + sd * noise

    return Toy(name, draw, centers, sd)


def ring(n_modes: int = 8, radius: float = 2.0, sd: float = 0.1) -> Toy:
    """`n_modes` Gaussians on a circle, at angles 2 pi i / n_modes (a `linspace` to 2 pi would put two on one spot)."""
    angles = torch.arange(n_modes) * (2 * math.pi / n_modes)
    return gaussians(f"ring{n_modes}", radius * torch.stack([angles.cos(), angles.sin()], 1), sd)


def grid(side: int = 5, spacing: float = 1.0, sd: float = 0.05) -> Toy:
    """`side` x `side` Gaussians on a square grid centred on the origin."""
    axis = (torch.arange(side) - (side - 1) / 2) * spacing
    return gaussians(f"grid{side * side}", torch.cartesian_prod(axis, axis), sd)


def line(sd: float = 0.05) -> Toy:
    """Points along a diagonal from (-2, -1) to (2, 1), with Gaussian noise of standard deviation `sd`."""

    def draw(n: int, generator: torch.Generator) -> Tensor:
        t = torch.rand(n, 1, generator=generator, device=generator.device) * 2 - 1
        noise = torch.randn(n, 2, generator=generator, device=generator.device)
        return torch.cat([2 * t, t], 1) + sd * noise

    return Toy("line", draw)


def spiral(turns: float = 1.5, sd: float = 0.05) -> Toy:
    """Points along an Archimedean spiral of radius up to 2, with Gaussian noise of standard deviation `sd`."""

    def draw(n: int, generator: torch.Generator) -> Tensor:
        t = torch.rand(n, 1, generator=generator, device=generator.device).sqrt()  # sqrt: even along the curve
        angle = t * turns * 2 * math.pi
        noise = torch.randn(n, 2, generator=generator, device=generator.device)
        return 2 * t * torch.cat([angle.cos(), angle.sin()], 1) + sd * noise

    return Toy("spiral", draw)


def two_moons(sd: float = 0.08) -> Toy:
    """Two interleaved half circles of radius 1, with Gaussian noise of standard deviation `sd`."""

    def draw(n: int, generator: torch.Generator) -> Tensor:
        angle = torch.rand(n, generator=generator, device=generator.device) * math.pi
        lower = torch.randint(2, (n,), generator=generator, device=generator.device)
        sign = 1 - 2 * lower
        x = sign * angle.cos() + lower - 0.5
        y = sign * angle.sin() + 0.5 * lower - 0.25
        noise = torch.randn(n, 2, generator=generator, device=generator.device)
        return torch.stack([x, y], 1) + sd * noise

    return Toy("two moons", draw)
