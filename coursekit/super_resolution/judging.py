"""The figures of an enlarging net: PSNR and SSIM as published, and two distances in the judge's features."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from coursekit.data.photographs import PAIRED, photo_pairs
from coursekit.metrics.super_resolution import (
    HasMaps,
    as_published,
    feature_distance,
    mean_of,
    perceptual_distance,
    psnr,
    ssim,
)

Test = tuple[Tensor, Tensor]  # (high, low), in [-1, 1]
TEST_SEED = 5


def held_out(names: Sequence[str] = PAIRED, n: int = 240, size: int = 64, scale: float = 0.5) -> Test:
    """Patches (high, low) of the right halves, which no net was trained on, at `scale` of the photographs' size."""
    return photo_pairs(n, size, "right", TEST_SEED, names=names, scales=(scale,)).floats()


@torch.no_grad()
def figures(net: Callable[[Tensor], Tensor], test: Test, judge: HasMaps) -> dict[str, float]:
    """psnr (dB), ssim, perceptual (percent) and paired of what `net` makes of the lows."""
    high, low = test
    made = torch.cat([net(part) for part in low.split(60)]).clamp(-1, 1)
    seen = as_published(made), as_published(high)
    return {
        "psnr": round(mean_of(psnr(*seen)), 3),
        "ssim": round(mean_of(ssim(*seen)), 4),
        "perceptual": round(perceptual_distance(judge, made, high), 3),
        "paired": round(mean_of(feature_distance(judge, made, high)), 4),
    }
