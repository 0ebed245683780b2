"""An image of any size enlarged in tiles that leave no seams."""

from collections.abc import Callable

import torch
from torch import Tensor

from coursekit.nets.srgan import FACTOR

TILE = 96  # pixels of low that are computed at a time, without the margin


def nothing(done: int, total: int) -> None:
    """Is told how many tiles are done, and does nothing."""


def by_tiles(
    make: Callable[[Tensor], Tensor],
    low: Tensor,
    margin: int,
    tile: int = TILE,
    tell: Callable[[int, int], None] = nothing,
) -> Tensor:
    """`make` of an image uint8 (C, H, W), in parts: uint8 (C, 4 H, 4 W), in memory of a tile beside the result.

    `make` maps uint8 (C, h, w) to uint8 (C, 4 h, 4 w) and looks at most `margin` pixels of low around a place. Each
    tile is computed with that margin and cut out of what it gives: no two tiles disagree where they meet.
    `tell(done, total)` is called after each.
    """
    channels, height, width = low.shape
    high = torch.empty(channels, FACTOR * height, FACTOR * width, dtype=torch.uint8)
    corners = [(top, left) for top in range(0, height, tile) for left in range(0, width, tile)]
    for done, (top, left) in enumerate(corners, 1):
        y, x = max(top - margin, 0), max(left - margin, 0)
        bottom, right = min(top + tile, height), min(left + tile, width)
        made = make(low[:, y : bottom + margin, x : right + margin])
        rows = slice(FACTOR * (top - y), FACTOR * (bottom - y))
        columns = slice(FACTOR * (left - x), FACTOR * (right - x))
        high[:, FACTOR * top : FACTOR * bottom, FACTOR * left : FACTOR * right] = made[:, rows, columns]
        tell(done, len(corners))
    return high
