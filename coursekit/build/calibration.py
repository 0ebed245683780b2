"""Budgets of lectures, in units of a small fixed workload timed in the same run: a busy machine slows both alike."""

import re
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from coursekit.build.sources import LECTURE_HEADER, list_sources, read_source

REFERENCE = 1.1  # seconds, the least of several runs; `python -m coursekit.build.calibration` measures it again
SLACK = 3  # a lecture fails above this many times its budget
NOTEBOOK = re.compile(r"(\d\d_[a-z0-9_]+)\.ipynb")


@dataclass(frozen=True)
class Row:
    """One lecture against its budget; seconds are wall clock, `gate` is what they may not exceed in this run."""

    stem: str
    seconds: float
    budget: float
    gate: float

    @property
    def failed(self) -> bool:
        return self.seconds > self.gate


def train_points(n_steps=400):
    """Take Adam steps of a small MLP on 2-D points: the work of the lectures on toys, mostly small calls."""
    net = nn.Sequential(nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 1))
    optimizer = torch.optim.Adam(net.parameters())
    x = torch.linspace(-1, 1, 512).view(256, 2)
    for _ in range(n_steps):
        optimizer.zero_grad()
        (nn.functional.softplus(-net(x)).mean() + nn.functional.softplus(net(-x)).mean()).backward()
        optimizer.step()


def train_images(n_steps=50):
    """Run a small strided convolution net forward and back on 28-pixel images: the work of the lectures on pictures."""
    net = nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(32, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(64, 1, 7)
    )
    x = torch.linspace(-1, 1, 64 * 784).view(64, 1, 28, 28)
    for _ in range(n_steps):
        net(x).mean().backward()


def calibrate(repeats=4, enough=20.0) -> float:
    """Return the seconds of the workload on this machine now: the least of `repeats`, fewer after `enough`."""
    times = []
    with torch.random.fork_rng(devices=[]):
        while len(times) < repeats and sum(times) < enough:
            start = time.perf_counter()
            train_points()
            train_images()
            times.append(time.perf_counter() - start)
    return min(times)


def read_seconds(junit: Path) -> dict[str, float]:
    """Return the seconds of each notebook in a junit file of nbval: the sum over its cells, kernel's start included."""
    seconds = defaultdict(float)
    for case in ElementTree.parse(junit).iter("testcase"):
        if match := NOTEBOOK.search(f"{case.get('file', '')} {case.get('classname', '')}"):
            seconds[match[1]] += float(case.get("time", 0))
    return dict(seconds)


def check_budgets(junit: Path, sources: Path, slowdown: float | None = None) -> list[Row]:
    """Return a row per lecture of `sources` that the junit file timed; those with `failed` took too long.

    `slowdown` is this machine's calibration in units of the reference; by default it is measured now.
    """
    seconds = read_seconds(Path(junit))
    slowdown = calibrate() / REFERENCE if slowdown is None else slowdown
    budgets = {path.stem: read_source(path, LECTURE_HEADER).header["budget"] for path in list_sources(Path(sources))}
    return [
        Row(stem, seconds[stem], budget, SLACK * budget * slowdown)
        for stem, budget in budgets.items()
        if stem in seconds
    ]


if __name__ == "__main__":
    print(f"{calibrate(repeats=8):.2f} s; the reference is {REFERENCE} s, on two quiet cores")
