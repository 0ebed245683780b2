"""The table of lesson 10: LAPGANs on Fashion-MNIST, three seeds a row: `python benchmarks/lapgan.py`.

Writes coursekit/recorded/lapgan.json. Each run is kept in runs/lapgan/ as soon as it ends, so that a benchmark that was
stopped goes on where it was; delete the folder to measure afresh. One thread, about 8 minutes of one core. It needs all
of Fashion-MNIST and takes no fallback.
"""

import json
import time
from pathlib import Path

import torch
from torch import Tensor

from coursekit.data.images import Images, load_images
from coursekit.data.pyramid import detail_rms, downsample, upsample
from coursekit.data.streams import Latent, uniform
from coursekit.lapgan import ARM_STEPS, ARMS, Lapgan, LapganRecipe, arms_hash, train_lapgan
from coursekit.metrics.features import FeatureNet, load_feature_net
from coursekit.metrics.frechet import N_REFERENCE, fid_feat, shuffled
from coursekit.recorded import record

KEPT = Path(__file__).resolve().parents[1] / "runs" / "lapgan"
SEEDS = (0, 1, 2)
NOTES = [
    "fid: FID-feat of 5,000 samples of the chain against 5,000 test images; fid_on_real: of the last level fed with "
    "those images halved; fid_enlarged: of the coarse samples, enlarged",
    "detail_28, detail_14: root mean square of the finest detail, samples / real, at 28 and at 14 pixels",
    "accuracy: share of samples that the frozen classifier gives the label they were made with; null without labels",
    "cpu_seconds: process time of one thread on a machine with other work",
]


@torch.no_grad()
def on_real(lapgan: Lapgan, real: Tensor, labels: Tensor) -> Tensor:
    """The last level's images on top of real ones of half the size."""
    low, z = upsample(downsample(real)), Latent(real[0, 0].numel(), 9, real.device, uniform)
    parts = []
    for part, y in zip(low.split(500), labels.split(500), strict=True):
        label = (y,) if lapgan.recipe.n_classes else ()
        parts.append(part + lapgan.levels[-1](z(len(part)), part, *label))
    return torch.cat(parts)


def figures(lapgan: Lapgan, test: Images, net: FeatureNet) -> dict[str, float | None]:
    """What the table says of a trained LAPGAN."""
    chosen = shuffled(len(test))[:N_REFERENCE].to(test.images.device)
    real, labels = test.floats(chosen), test.labels[chosen]
    chain = lapgan.chain(len(real), seed=7)
    made, wanted = chain[-1].clamp(-1, 1), lapgan.labels(len(real))
    features = net.features(real)
    images = {"fid": made, "fid_on_real": on_real(lapgan, real, labels), "fid_enlarged": upsample(upsample(chain[0]))}
    found = {name: round(fid_feat(features, x.clamp(-1, 1), net), 2) for name, x in images.items()}
    found["detail_28"] = round(detail_rms(made) / detail_rms(real), 3)
    found["detail_14"] = round(detail_rms(downsample(made)) / detail_rms(downsample(real)), 3)
    right = (net.labels(made) == wanted).float().mean().item()
    return found | {"accuracy": round(right, 4) if lapgan.recipe.n_classes else None}


def row(recipe: LapganRecipe, arm: str, seed: int, train: Images, test: Images, net: FeatureNet) -> dict:
    """Train once and return the row."""
    start = time.process_time()
    lapgan, _ = train_lapgan(train, recipe, ARM_STEPS, seed, progress=False)
    seconds = round(time.process_time() - start, 1)
    head = {"data": train.name, "arm": arm, "seed": seed, "n_steps": sum(ARM_STEPS), "cpu_seconds": seconds}
    return head | {"recipe_hash": recipe.hash()} | figures(lapgan, test, net)


def once(arm: str, seed: int, data: tuple[Images, Images, FeatureNet]) -> dict:
    """The row kept for this arm and seed, or a new one, kept: of the recipe as it is."""
    path = KEPT / f"{arm}-{seed}.json".replace(" ", "_")
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("recipe_hash") != ARMS[arm].hash() or kept.get("n_steps") != sum(ARM_STEPS):
        kept = row(ARMS[arm], arm, seed, *data)
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept) + "\n")
    print(kept, flush=True)
    return kept


def main() -> None:
    torch.set_num_threads(1)
    train, test = (load_images("fashion-mnist", split, fallback=None, device="cpu") for split in ("train", "test"))
    data = train, test, load_feature_net(train.name, "cpu")
    rows = [once(arm, seed, data) for arm in ARMS for seed in SEEDS]
    print(record("lapgan", "python benchmarks/lapgan.py", arms_hash(), rows, notes=NOTES))


if __name__ == "__main__":
    main()
