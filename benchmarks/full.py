"""The runs of the profile `full`: `python benchmarks/full.py [--steps N] [NAME ...]` or `make full`.

Up to an hour each on one core of a CPU, but for the stacks, which are made for a GPU: `--steps` takes fewer.

Each run has a folder runs/full/NAME. A run that was interrupted is resumed by the next call, and one whose figures are
in NAME.json is not made again. The figures of all that are done go to coursekit/recorded/full.json, with the device.
It needs the whole of MNIST and Fashion-MNIST and takes no fallback.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import parzen
import pretrain

from coursekit import checkpoints
from coursekit.checkpoints import write_atomically
from coursekit.cli.runs import RESUME_FILE, load_run
from coursekit.collapse.points import figures
from coursekit.collapse.stacked import PER_MODE, count_stacked
from coursekit.data.images import load_images
from coursekit.fit import every
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat, real_against_real, reference
from coursekit.recipes import RECIPES, Run
from coursekit.recorded import record

FOLDER = Path("runs") / "full"
SAVE_EVERY = 1000  # steps between checkpoints of "vanilla"
PUBLISHED = {
    "vanilla": "Goodfellow et al. 2014: 225 +- 2 nats",
    "stacked-pac4": "Lin et al. 2018, with another D: 1000 modes, KL .07",
    "stacked-relativistic": "Huang et al. 2024, residual nets: 1000 modes, KL .0781",
}


def trained(name: str, steps: int | None, *arguments: str) -> tuple[Run, dict]:
    """The finished run of `coursekit train` in FOLDER / name, begun or resumed, and the head of its row."""
    folder = FOLDER / name
    length = ["--profile", "full"] if steps is None else ["--steps", str(steps)]
    command = [sys.executable, "-m", "coursekit", "train", *arguments, *length, "--out", str(folder)]
    subprocess.run([*command, *(["--resume"] if (folder / RESUME_FILE).exists() else [])], check=True)
    run = load_run(folder)
    return run, made(run)


def made(run: Run) -> dict:
    """What a row says of how the run was made; the seconds are those of all calls, on a machine with other work."""
    how = {name: run.meta[name] for name in ("recipe", "recipe_hash", "seed")}
    return how | {"n_steps": len(run.history), "seconds": round(run.meta["seconds"])}


def vanilla(name: str, steps: int | None = None) -> dict:
    """Parzen log-likelihood by the paper's protocol: 50,000 images to train on, sigma from others."""
    data, recipe, path = parzen.load(), RECIPES[name], FOLDER / name / RESUME_FILE
    run = recipe.start(data.train, steps or recipe.full_steps)
    if path.exists():
        run.meta["seconds"] = checkpoints.load(path, run.parts)["seconds"]
    began, before = time.perf_counter(), run.meta.setdefault("seconds", 0.0)

    def save(n: int, losses: dict) -> None:
        run.meta["seconds"] = before + time.perf_counter() - began
        checkpoints.save(path, run.parts, run.meta)

    run.fit((every(SAVE_EVERY, save),))
    save(len(run.history), {})
    return made(run) | parzen.evaluate(parzen.pixels(run), data)


def stacked(name: str, steps: int | None = None) -> dict:
    """Modes of 1000 in 26,000 samples, of the averaged generator."""
    run, how = trained(name, steps, name)
    return how | count_stacked(run.sample(1000 * PER_MODE), load_feature_net("mnist"))


def grid25(name: str, steps: int | None = None) -> dict:
    """Modes of 25, of G and of its average."""
    run, how = trained(name, steps, "grid25", "--remedy", "pac4+fast-d")
    return how | figures(run)


def dcgan(name: str, steps: int | None = None) -> dict:
    """FID-feat of 5,000 samples against 5,000 test images, and that of real images."""
    data = pretrain.DATA[name]
    run, how = trained(name, steps, "dcgan-long", "--data", data)
    net, test = load_feature_net(data), load_images(data, "test", fallback=None)
    value, floor = fid_feat(reference(test, net), run.sample(5000), net), real_against_real(test, net)
    return how | {"fid_feat": round(value, 2), "real_against_real": round(floor, 2)}


RUNS: dict[str, Callable[[str, int | None], dict]] = {
    "vanilla": vanilla,
    "stacked-pac4": stacked,
    "stacked-relativistic": stacked,
    "grid25": grid25,
    "dcgan-mnist": dcgan,
    "dcgan-fashion": dcgan,
}


def row_of(name: str, runs: dict[str, Callable[[str, int | None], dict]], steps: int | None = None) -> dict:
    """The figures of a run: those on disk, or new ones, which are then on disk."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        row = {"run": name, **runs[name](name, steps)} | ({"published": PUBLISHED[name]} if name in PUBLISHED else {})
        write_atomically(path, lambda temporary: temporary.write_text(json.dumps(row), encoding="utf-8"))
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(RUNS)}; without any, all")
    parser.add_argument("--steps", type=int, help="other than the profile's, for one NAME; the row says how many")
    options = parser.parse_args()
    if unknown := set(options.names) - set(RUNS):
        sys.exit(f"there is no full run {', '.join(sorted(unknown))}: choose from {', '.join(RUNS)}")
    if options.steps is not None and (len(options.names) != 1 or options.steps < 1):
        sys.exit(f"--steps {options.steps} needs one NAME and at least 1 step: each run has its own number of them")
    for name in options.names or RUNS:
        print(row_of(name, RUNS, options.steps), flush=True)
        done = [row_of(name, RUNS) for name in RUNS if (FOLDER / f"{name}.json").exists()]
        record("full", "python benchmarks/full.py", "-", done)


if __name__ == "__main__":
    main()
