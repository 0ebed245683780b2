"""The table of lesson 09, FID-feat with each guideline of DCGAN left out: `python benchmarks/guidelines.py`.

Writes coursekit/recorded/guidelines.json. Each run is kept in runs/guidelines/ as soon as it ends, so that a benchmark
that was stopped goes on where it was; delete the folder to measure afresh. One thread, about 15 minutes of one core. It
needs Fashion-MNIST and takes no fallback.
"""

import json
import time
from pathlib import Path

import torch

from coursekit.data.images import Images, load_images
from coursekit.fit import Diverged
from coursekit.guidelines import ARMS, SEEDS, recipe_with, table_hash
from coursekit.metrics.features import FeatureNet, load_feature_net
from coursekit.metrics.frechet import N_REFERENCE, fid_feat, reference
from coursekit.recipes import Recipe
from coursekit.recorded import record

KEPT = Path(__file__).resolve().parents[1] / "runs" / "guidelines"
NOTES = [
    "fid: FID-feat of 5,000 samples of G, in eval mode, against 5,000 test images; null where a loss was not finite",
    "d_loss, g_loss: means of the last 100 steps, nats",
    "cpu_seconds: process time of one thread for the steps alone, on a machine with other work",
]


def measure(recipe: Recipe, seed: int, train: Images, real: torch.Tensor, net: FeatureNet) -> dict:
    """Train one arm and return its row; `fid` is None where a loss stopped being finite."""
    run = recipe.start(train, recipe.n_steps, seed)
    start = time.process_time()
    try:
        run.fit(progress=False)
        finished = True
    except Diverged:
        finished = False
    seconds = round(time.process_time() - start, 1)
    fid = round(fid_feat(real, run.sample(len(real)), net), 2) if finished else None
    late = {name: round(float(run.history[name][-100:].mean()), 3) for name in ("d_loss", "g_loss")}
    head = {"arm": recipe.name, "seed": seed, "n_steps": recipe.n_steps, "cpu_seconds": seconds}
    return head | {"recipe_hash": recipe.hash(), "fid": fid, **late}


def once(recipe: Recipe, seed: int, *data) -> dict:
    """The row kept for this recipe and seed, or a new one, kept."""
    path = KEPT / f"{recipe.name}-{seed}.json".replace(" ", "_")
    row = json.loads(path.read_text()) if path.exists() else {}
    if row.get("recipe_hash") != recipe.hash():
        row = measure(recipe, seed, *data)
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(row) + "\n")
    print(row, flush=True)
    return row


def main() -> None:
    torch.set_num_threads(1)
    train, test = (load_images("fashion-mnist", split, fallback=None, device="cpu") for split in ("train", "test"))
    net = load_feature_net(train.name, "cpu")
    real = reference(test, net, N_REFERENCE)
    rows = [once(recipe_with(arm), seed, train, real, net) for seed in SEEDS for arm in ARMS]
    rows.sort(key=lambda row: (ARMS.index(row["arm"]), row["seed"]))
    print(record("guidelines", "python benchmarks/guidelines.py", table_hash(), rows, notes=NOTES))


if __name__ == "__main__":
    main()
