"""Quality for the time, FID-feat of `dcgan-fast` against seconds: `python benchmarks/quality.py`, 25 minutes.

For each data set, a minute and two, and each seed, the recipe runs for as many steps as fit; the clock stands still
while FID-feat is measured on the way. Writes coursekit/recorded/quality.json and draws runs/quality.png; `--draw` only
draws. It needs the whole of MNIST and Fashion-MNIST and takes no fallback.
"""

import sys
import time
from pathlib import Path

import torch
from torch import Tensor

from coursekit.data.images import Images, load_images
from coursekit.metrics.features import FeatureNet, load_feature_net
from coursekit.metrics.frechet import fid_feat, real_against_real, reference
from coursekit.plots.style import BLUE, ORANGE, label, new_figure, png
from coursekit.recipes import DCGAN_FAST
from coursekit.recorded import record, recorded

SEEDS = (0, 1, 2)
GOALS = {"mnist": {60: 6.0, 120: 4.5}, "fashion-mnist": {60: 7.0, 120: 5.0}}  # FID-feat after so many seconds
N_WARM, N_TIMED, N_LOOKS = 20, 150, 8


def steps_in(seconds: int, images: Images) -> int:
    """How many steps of the recipe fit, by the clock and `N_TIMED` of them."""
    run = DCGAN_FAST.start(images, N_WARM + N_TIMED, seed=99)
    for _ in range(N_WARM):
        run.step(run.batches)
    start = time.perf_counter()
    for _ in range(N_TIMED):
        run.step(run.batches)
    return round(seconds * N_TIMED / (time.perf_counter() - start))


def measure(images: Images, real: Tensor, net: FeatureNet, seconds: int, seed: int) -> dict:
    """Train once; the row holds FID-feat of 5,000 samples at the end, and the curve [seconds, FID-feat] on the way."""
    n_steps = steps_in(seconds, images)
    run, curve, clock = DCGAN_FAST.start(images, n_steps, seed), [], {"spent": 0.0, "since": time.perf_counter()}

    def look(n: int, losses: dict[str, Tensor]) -> None:
        if n % (n_steps // N_LOOKS) and n != n_steps:
            return
        clock["spent"] += time.perf_counter() - clock["since"]
        curve.append([round(clock["spent"], 1), round(fid_feat(real, run.sample(len(real)), net), 2)])
        clock["since"] = time.perf_counter()

    run.fit((look,), progress=False)
    took, value = curve[-1]
    row = {"data": images.name, "budget": seconds, "seed": seed, "n_steps": n_steps, "seconds": took, "fid_feat": value}
    print(row, flush=True)
    return row | {"curve": curve, "threads": torch.get_num_threads()}


def draw(rows: list[dict], path: Path) -> None:
    """One panel a data set: a line a run, a cross where a goal is."""
    figure = new_figure(8.0, 3.6)
    for k, (name, goals) in enumerate(GOALS.items()):
        axis = figure.add_subplot(1, 2, k + 1)
        for row in (row for row in rows if row["data"] == name):
            color = BLUE if row["budget"] == 60 else ORANGE
            axis.plot(*zip(*row["curve"], strict=True), color=color, marker=".", alpha=0.8)
        axis.plot(list(goals), list(goals.values()), "kx", label="goal")
        axis.set_yscale("log")
        label(axis, "seconds of training", "FID-feat, 5,000 samples", name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(png(figure))


def main() -> None:
    """Measures seed after seed, and records after each, so that an interrupted run leaves whole seeds."""
    rows, parts = [], {}
    for name in GOALS:
        images, test = (load_images(name, split, fallback=None) for split in ("train", "test"))
        net = load_feature_net(name)
        parts[name] = images, reference(test, net), net, round(real_against_real(test, net), 2)
    for seed in SEEDS:
        for images, real, net, floor in parts.values():
            rows += [measure(images, real, net, seconds, seed) | {"floor": floor} for seconds in (60, 120)]
        record("quality", "python benchmarks/quality.py", DCGAN_FAST.hash(), rows)


if __name__ == "__main__":
    if "--draw" not in sys.argv:
        main()
    draw(recorded("quality").rows, Path("runs") / "quality.png")
