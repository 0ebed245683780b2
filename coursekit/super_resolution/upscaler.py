"""The shipped net "srgan-photos", and how it enlarges an image of any size: in tiles that leave no seams."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from coursekit.data.images import to_float, to_uint8
from coursekit.nets.perceptual import WhichColour, WhichPhotograph
from coursekit.nets.srgan import SRResNet
from coursekit.shipped import Nets, restored
from coursekit.super_resolution.tiles import TILE, by_tiles, nothing

NAME = "srgan-photos"


@torch.no_grad()
def in_tiles(net: SRResNet, low: Tensor, tile: int = TILE, tell: Callable[[int, int], None] = nothing) -> Tensor:
    """`net` of an image uint8 (C, H, W) as uint8 (C, 4 H, 4 W), the same as net(low) but for rounding (`by_tiles`)."""
    device = next(net.parameters()).device
    return by_tiles(lambda part: to_uint8(net(to_float(part[None].to(device))))[0].cpu(), low, net.reach, tile, tell)


@dataclass(frozen=True)
class Upscaler:
    """The shipped SRGAN: its card, the generator `net`, and the feature nets of the loss and of the judge."""

    card: dict
    net: SRResNet
    loss_net: WhichPhotograph
    judge: WhichColour

    def __call__(self, low: Tensor, tell: Callable[[int, int], None] = nothing) -> Tensor:
        """An image uint8 (3, H, W), of any size, as uint8 (3, 4 H, 4 W)."""
        return in_tiles(self.net, low, tell=tell)


def build(card: dict) -> Nets:
    """The nets that the card describes, untrained."""
    settings = card["settings"]
    net = SRResNet(settings["width"], settings["n_blocks"])
    return {"net": net, "loss_net": WhichPhotograph(len(card["classes"])), "judge": WhichColour()}


def load_upscaler(device: torch.device | str | None = None) -> Upscaler:
    """The shipped net "srgan-photos", on the course's device unless one is given."""
    found = restored(NAME, build, device)
    return Upscaler(found.card, **found.nets)
