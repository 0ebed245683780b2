"""The curve of lesson 16: distortion and perception as the adversarial weight grows: `python benchmarks/srgan.py`.

Writes coursekit/recorded/srgan.json, three seeds. Each run is kept in runs/srgan/ as soon as it ends, so that a
benchmark that was stopped goes on where it was; delete the folder to measure afresh. One thread, about 12 minutes of
one core. With `--vgg` the content is compared in VGG19's features, from torchvision's cache or by a download of 548 MB,
and the figures are printed and not recorded.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from coursekit.nets.perceptual import load_vgg
from coursekit.nets.srgan import SRResNet, enlarge
from coursekit.recorded import record
from coursekit.super_resolution import FAST, train_srgan, train_srresnet
from coursekit.super_resolution.judging import Test, figures, held_out
from coursekit.super_resolution.training import SWEEP, sweep_hash
from coursekit.super_resolution.upscaler import load_upscaler

KEPT = Path(__file__).resolve().parents[1] / "runs" / "srgan"
SEEDS = (0, 1, 2)
NOTES = [
    "psnr (dB), ssim: luminance, 4 pixels of border cut off, mean over 240 patches of 64 pixels of the right halves",
    "perceptual: Frechet distance between local features of the judge, percent of the real variance; paired: mean "
    "distance of each patch from its original in the judge's features; withheld_*: the same on 60 patches of coffee",
    "weight: of the adversarial loss; SRGAN starts from the SRResNet of its seed",
    "cpu_seconds: process time of one thread on a machine with other work",
]


def measured(arm: str, weight: float, seed: int, net, seconds: float, tests: tuple[Test, Test], judge) -> dict:
    """One row of the table."""
    row = {"arm": arm, "weight": weight, "seed": seed, "cpu_seconds": round(seconds, 1)}
    right, withheld = (figures(net, test, judge) for test in tests)
    return row | right | {f"withheld_{name}": value for name, value in withheld.items()}


def rows_of(seed: int, features, tests, judge) -> list[dict]:
    """Bicubic, SRResNet and SRGAN with each weight of the sweep, for one seed."""
    pairs = FAST.pairs("left", seed)
    start = time.process_time()
    first, _ = train_srresnet(FAST, pairs, seed, progress=False)
    rows = [measured("bicubic", 0.0, seed, enlarge, 0.0, tests, judge)]
    rows.append(measured("SRResNet", 0.0, seed, first, time.process_time() - start, tests, judge))
    for weight in SWEEP:
        start = time.process_time()
        recipe = replace(FAST, adversarial=weight)
        net: SRResNet = train_srgan(recipe, pairs, first, features, seed, progress=False)[0]
        rows.append(measured("SRGAN", weight, seed, net, time.process_time() - start, tests, judge))
        print(rows[-1], flush=True)
    return rows


def once(seed: int, features, tests, judge) -> list[dict]:
    """The rows kept for this seed, or new ones, kept: of the recipe as it is."""
    path = KEPT / f"{sweep_hash()}-{seed}.json"
    if not path.exists():
        rows = rows_of(seed, features, tests, judge)
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows))
    return json.loads(path.read_text())


def main() -> None:
    torch.set_num_threads(1)
    shipped = load_upscaler("cpu")
    tests = held_out(), held_out(("coffee",), 60)
    if "--vgg" in sys.argv[1:]:
        return print(json.dumps(rows_of(0, load_vgg(download=True), tests, shipped.judge), indent=1))
    rows = [row for seed in SEEDS for row in once(seed, shipped.loss_net, tests, shipped.judge)]
    print(record("srgan", "python benchmarks/srgan.py", sweep_hash(), rows, notes=NOTES))


if __name__ == "__main__":
    main()
