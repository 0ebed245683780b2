"""The table of lesson 14: five ways from captions to pictures, two of them for longer too,
three seeds each: `python benchmarks/text_to_image.py`.

Writes coursekit/recorded/text_to_image.json. Each run is kept in runs/text_to_image/ as soon as it ends, so that a
benchmark that was stopped goes on where it was; delete the folder to measure afresh. One thread, about 9 minutes of one
core. It needs no data.
"""

import json
import sys
import time
from pathlib import Path

import torch

from coursekit.data.captions import scenes
from coursekit.data.shapes import held_out_combos, seen_combos
from coursekit.recorded import record
from coursekit.text_to_image import ARMS, N_SCENES, RUNS, arms_hash, train_painter

KEPT = Path(__file__).resolve().parents[1] / "runs" / "text_to_image"
SEEDS = (0, 1, 2)
COMBOS = {"seen": seen_combos(), "held out": held_out_combos()}
NOTES = [
    "seen, held out: share of 960 pictures with each attribute as the caption says, their mean, and all five right",
    "cpu_seconds: process time of one thread, encoder and GAN, on a machine with other work",
]


def row(arm: str, n_steps: int, seed: int) -> dict:
    """Train once and return the row."""
    start = time.process_time()
    painter, _ = train_painter(scenes(N_SCENES, seed=seed), ARMS[arm], n_steps, seed, progress=False)
    seconds = round(time.process_time() - start, 1)
    head = {"arm": arm, "seed": seed, "n_steps": n_steps, "cpu_seconds": seconds, "recipe_hash": ARMS[arm].hash()}
    found = {name: painter.match(combos) for name, combos in COMBOS.items()}
    return head | {name: {kind: round(share, 3) for kind, share in match.items()} for name, match in found.items()}


def once(arm: str, n_steps: int, seed: int) -> dict:
    """The row kept for this arm, steps and seed, or a new one, kept: of the recipe as it is."""
    path = KEPT / f"{arm}-{n_steps}-{seed}.json".replace(" ", "_")
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("recipe_hash") != ARMS[arm].hash():
        kept = row(arm, n_steps, seed)
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept) + "\n")
    print(kept, flush=True)
    return kept


def main() -> None:
    torch.set_num_threads(1)
    if only := [int(seed) for seed in sys.argv[1:]]:
        for seed in only:
            for arm, n_steps in RUNS:
                once(arm, n_steps, seed)
        return
    rows = [once(arm, n_steps, seed) for seed in SEEDS for arm, n_steps in RUNS]
    print(record("text_to_image", "python benchmarks/text_to_image.py", arms_hash(), rows, notes=NOTES))


if __name__ == "__main__":
    main()
