"""Which of the five attributes a picture of a shape has: the exact judge of lesson 14, without any training.

The picture is compared with a noiseless drawing of every combination at every place, 288 in all; the nearest one gives
the attributes, and its distance tells how well the shape is drawn.
"""

import torch
from torch import Tensor

from coursekit.data.shapes import ATTRIBUTES, REACH, all_combos, render

CHANCE = {kind: 1 / len(values) for kind, values in ATTRIBUTES.items()}
N_COMPARED = 4096  # pictures compared at once


def drawings(size: int) -> tuple[Tensor, Tensor]:
    """Noiseless pictures (288, 3, size, size) in [-1, 1] of each combination at each place, and their attributes."""
    places = torch.tensor([(0, across) for across in range(-REACH, REACH + 1)])
    attributes = all_combos().repeat_interleave(len(places), 0)
    pictures = render(attributes, places.repeat(len(all_combos()), 1), size)
    return pictures / 127.5 - 1, attributes


def read_attributes(images: Tensor) -> tuple[Tensor, Tensor]:
    """The attributes int64 (N, 5) of pictures (N, 3, size, size) in [-1, 1], and their distance (N,) from a drawing.

    The distance is the root mean square over the pixels to the nearest noiseless drawing; that of a real scene is the
    noise, 0.047. Raises ValueError for pictures that are not square and in three channels.
    """
    if images.dim() != 4 or images.shape[1] != 3 or images.shape[2] != images.shape[3]:
        raise ValueError(f"images are {tuple(images.shape)}: the judge reads (N, 3, size, size)")
    pictures, attributes = (tensor.to(images.device) for tensor in drawings(images.shape[-1]))
    found = []
    for part in images.detach().float().split(N_COMPARED):
        distance = torch.cdist(part.flatten(1), pictures.flatten(1))
        found.append(distance.min(1))
    values, nearest = (torch.cat([one[k] for one in found]) for k in (0, 1))
    return attributes[nearest], values / pictures[0].numel() ** 0.5


def attribute_match(images: Tensor, wanted: Tensor) -> dict[str, float]:
    """Share of pictures (N, 3, size, size) with the wanted value of each attribute, with their mean, and with all five.

    `wanted` is int64 (N, 5). The keys are those of ATTRIBUTES, "mean" and "all five".
    """
    right = (read_attributes(images)[0] == wanted.to(images.device)).float()
    shares = dict(zip(ATTRIBUTES, right.mean(0).tolist(), strict=True))
    return shares | {"mean": right.mean().item(), "all five": right.all(1).float().mean().item()}
