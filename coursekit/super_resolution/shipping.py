"""How "srgan-photos" is made: the two feature nets, an SRResNet, and the SRGAN that starts from it."""

import copy
import time
from dataclasses import asdict

import torch
from torch import nn

from coursekit.data.photographs import PAIRED
from coursekit.nets.srgan import SRResNet, enlarge
from coursekit.recorded import processor
from coursekit.shipped import Nets, ship
from coursekit.super_resolution.feature_nets import (
    ALL,
    colour_explained,
    share_right,
    train_which_colour,
    train_which_photograph,
)
from coursekit.super_resolution.judging import figures, held_out
from coursekit.super_resolution.training import SHIPPED, train_srgan, train_srresnet
from coursekit.super_resolution.upscaler import NAME

SEED = 0
BLEND = 0.5  # of the way from SRResNet's weights to SRGAN's: farther on, soft edges get a fine hatching
TESTS = {
    "right halves, half size": (PAIRED, 240, 64, 0.5),
    "coffee, right half, half size": (("coffee",), 60, 64, 0.5),
    "coffee, right half, full size": (("coffee",), 60, 64, 1.0),
    "camera, right half, half size": (("camera",), 60, 64, 0.5),
}


def train_shipped() -> tuple[Nets, SRResNet, dict]:
    """The nets as trained, the SRResNet that the SRGAN started from, and what the card says of the training."""
    start = time.process_time()
    loss_net, judge = train_which_photograph(), train_which_colour()
    found = {"share_right": round(share_right(loss_net), 3), "colour_explained": round(colour_explained(judge), 3)}
    pairs = SHIPPED.pairs("left", SEED)
    first, _ = train_srresnet(SHIPPED, pairs, SEED)
    net, _, _ = train_srgan(SHIPPED, pairs, first, as_stored(loss_net), SEED)
    nets = {"net": net, "loss_net": loss_net, "judge": judge}
    return nets, first, found | {"cpu_seconds": round(time.process_time() - start)}


def between(first: SRResNet, last: SRResNet, share: float) -> SRResNet:
    """The net whose weights lie `share` of the way from `first` to `last`, which was trained from it.

    Wang et al. 2018 (ESRGAN), sec. 3.4: a dial between distortion and perception that needs no training.
    """
    net, start, end = copy.deepcopy(first), first.state_dict(), last.state_dict()
    net.load_state_dict({key: torch.lerp(value, end[key], share) for key, value in start.items()})
    return net


def as_stored(net: nn.Module) -> nn.Module:
    """The net with its weights rounded to half precision, as the file holds them, in float32."""
    return net.half().float()


def write_shipped(nets: Nets, first: SRResNet, how: dict) -> dict:
    """Measure the nets, write file and card, and return the card. What is shipped lies between SRResNet and SRGAN."""
    srgan = nets["net"]
    nets = {name: as_stored(net) for name, net in (nets | {"net": between(first, srgan, BLEND)}).items()}
    judged = {}
    for name, (photographs, n, size, scale) in TESTS.items():
        test = held_out(photographs, n, size, scale)
        made_by = {"bicubic": enlarge, "SRResNet": first, "shipped": nets["net"], "SRGAN": srgan}
        judged[name] = {method: figures(net, test, nets["judge"]) for method, net in made_by.items()}
    card = {
        "recipe": "srgan",
        "recipe_hash": SHIPPED.hash(),
        "settings": asdict(SHIPPED),
        "data": "left halves of photographs that scikit-image and scikit-learn ship",
        "classes": ALL,
        "seed": SEED,
        "n_steps": SHIPPED.n_steps,
        "blend": BLEND,
        "command": f"python benchmarks/pretrain.py {NAME}",
        **how,
        "figures": judged,
        "judged_by": "psnr (dB) and ssim on luminance without 4 pixels of border; perceptual: Frechet distance of the "
        "judge's local features, percent of the real variance; paired: mean distance of each patch in them",
        "device": f"{processor()}, shared with other work",
        "torch": torch.__version__,
        "licence": "MIT, as the code; the photographs' own licences are in THIRD_PARTY.md",
    }
    ship(NAME, {name: net.half() for name, net in nets.items()}, card, {})
    return card
