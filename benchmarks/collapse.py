"""The table of lesson 06: modes held with each remedy, three seeds a row: `python benchmarks/collapse.py`.

Writes coursekit/recorded/collapse.json. Each run is kept in runs/collapse/ as soon as it ends, so that a benchmark
that was stopped goes on where it was; delete the folder to measure afresh. One thread, about 45 minutes of one core. It
needs MNIST and takes no fallback. Stacks of three digits, 1000 modes, are in benchmarks/full.py.
"""

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from coursekit.collapse.points import PointRecipe, figures, with_remedies
from coursekit.collapse.stacked import PER_MODE, SIZE, STACKED, count_stacked
from coursekit.collapse.table import GRID25_ARMS, RING8_ARMS, SEEDS, table_hash
from coursekit.data.images import Images, load_images
from coursekit.data.stacked import stacked
from coursekit.data.streams import Latent
from coursekit.fit import every
from coursekit.metrics.features import load_feature_net
from coursekit.recipes import Recipe
from coursekit.recorded import record

KEPT = Path(__file__).resolve().parents[1] / "runs" / "collapse"
NOTES = [
    "modes, good and kl are of G at the last of eight counts, best is the most modes at any of them; average_* are of "
    "the generator with averaged weights",
    "ring and grid: 10,000 samples; a mode is held by at least 1 % of them within 3 standard deviations",
    "stacked digits: 2,600 samples, labelled by the frozen net; modes are those with at least one sample, held those "
    "with at least 3 whose two digits the net gives a probability of 0.5 or more, good is the share of such samples",
    "cpu_seconds: process time of one thread on a machine with other work",
]


def point_row(recipe: PointRecipe, arm: str, seed: int) -> dict:
    """Train on points once and return the row."""
    run = recipe.start(seed)
    start = time.process_time()
    run.fit(progress=False)
    seconds = round(time.process_time() - start, 1)
    head = {"data": run.meta["data"], "arm": arm or "vanilla", "seed": seed, "n_steps": recipe.n_steps}
    return head | {"cpu_seconds": seconds, "recipe_hash": recipe.hash(), **figures(run)}


def stacked_row(recipe: Recipe, arm: str, seed: int, digits: Images) -> dict:
    """Train on stacks of two digits once and return the row."""
    run, counts = recipe.start(stacked(digits, 2), recipe.n_steps, seed), []
    net, device = load_feature_net(digits.name, digits.images.device), digits.images.device
    z = Latent(recipe.latent, 12345, device)(PER_MODE * 100)

    @torch.no_grad()
    def read(G) -> dict[str, float]:
        training = G.training
        found = count_stacked(torch.cat([G.eval()(part) for part in z.split(1000)]), net)
        G.train(training)
        return found

    def watch(n: int, losses: dict) -> None:
        counts.append([n, *read(run.game.G).values()])

    start = time.process_time()
    run.fit((every(recipe.n_steps // 8, watch),), progress=False)
    seconds = round(time.process_time() - start, 1)
    average = {f"average_{name}": value for name, value in read(run.average.net).items()}
    head = {"data": "2 digits", "arm": arm, "seed": seed, "n_steps": recipe.n_steps, "cpu_seconds": seconds}
    last = read(run.game.G) | {"best": max(count[1] for count in counts)}
    return head | {"recipe_hash": recipe.hash(), "lr": recipe.lr, **last, **average, "counts": counts}


def once(key: str, recipe_hash: str, measure: Callable[[], dict]) -> dict:
    """The row kept under `key`, or a new one, kept: of the recipe as it is."""
    path = KEPT / f"{key}.json".replace(" ", "_")
    row = json.loads(path.read_text()) if path.exists() else {}
    if row.get("recipe_hash") != recipe_hash:
        row = measure()
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(row) + "\n")
    print({name: value for name, value in row.items() if name != "counts"}, flush=True)
    return row


def points(base: str, arms: tuple[str, ...], seeds: tuple[int, ...]) -> list[dict]:
    recipes = {arm: with_remedies(base, arm) for arm in arms}
    return [
        once(f"{base}-{arm or 'vanilla'}-{seed}", recipe.hash(), partial(point_row, recipe, arm, seed))
        for arm, recipe in recipes.items()
        for seed in seeds
    ]


def digits() -> list[dict]:
    images = load_images("mnist", fallback=None, size=SIZE, device="cpu")
    return [
        once(f"2-digits-{arm}-{seed}", r.hash(), partial(stacked_row, r, arm, seed, images))
        for arm, r in STACKED.items()
        for seed in SEEDS
    ]


def main() -> None:
    torch.set_num_threads(1)
    rows = points("ring8", RING8_ARMS, SEEDS) + digits() + points("grid25", GRID25_ARMS, SEEDS[:1])
    print(record("collapse", "python benchmarks/collapse.py", table_hash(), rows, notes=NOTES))


if __name__ == "__main__":
    main()
