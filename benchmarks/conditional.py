"""The tables of lesson 12, three seeds a row: `python benchmarks/conditional.py [PART ...]`.

Writes coursekit/recorded/conditional.json once all parts are there. Each run is kept in runs/conditional/ as soon as it
ends, so that a benchmark that was stopped goes on where it was; delete the folder to measure afresh. One thread, about
20 minutes of one core. It needs all of MNIST and takes no fallback.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from coursekit.collapse.labelled import ring_figures, train_on_labelled_ring
from coursekit.conditional import ARM_STEPS, WAYS, ConditionalRecipe, arms_hash, train_conditional
from coursekit.data.images import Images, load_images
from coursekit.metrics.classifier import accuracy, shifted, train_classifier, unchanged
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat, shuffled
from coursekit.metrics.parzen import choose_sigma, mean_and_error, parzen_log_likelihood
from coursekit.metrics.precision_recall import precision_recall
from coursekit.recorded import record
from coursekit.tagging import tagging_figures

KEPT = Path(__file__).resolve().parents[1] / "runs" / "conditional"
SEEDS = (0, 1, 2)
N_JUDGED, N_FEATURES = 10_000, 2000  # samples, 1,000 a class; those whose features are compared with real ones
NOTES = [
    "ways: labels_right: share of 10,000 samples, 1,000 a class, that the frozen classifier gives the label they were "
    "made with; precision, recall: 2,000 samples and 2,000 test images, k = 3; fid: FID-feat of 5,000; "
    "on_real: accuracy on 10,000 test images of a classifier trained on the samples, 400 steps; parzen: nats, as in "
    "lesson 02, sigma from 1,000 images that are the last of the training split",
    "augment: accuracy on 10,000 test images of a classifier trained for 400 steps on that many real images a class, "
    "with shifts by up to 2 pixels or without, with generated images in half of each batch or without",
    "ring: the ring of lesson 06, vanilla, counted at the last step",
    "tagging: share of the first k tags that are true, 500 scenes",
    "cpu_seconds: process time of one thread on a machine with other work",
]


def of_classes(x: Tensor, labels: Tensor, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """n random images of each class, and their labels."""
    order = torch.randperm(len(x), generator=generator)
    chosen = torch.cat([order[labels[order] == label][:n] for label in range(10)])
    return x[chosen], labels[chosen]


def parzen(x: Tensor, train: Images, test: Images) -> dict[str, float]:
    """Log-likelihood of the test images and its standard error, in nats, and sigma."""
    unit = lambda images: (images + 1) / 2  # noqa: E731
    sigma, _ = choose_sigma(unit(x), unit(train.floats(slice(-1000, None))))
    mean, error = mean_and_error(parzen_log_likelihood(unit(x), unit(test.floats()), sigma))
    return {"parzen": round(mean, 1), "parzen_error": round(error, 1), "sigma": round(sigma, 3)}


def labels_for(arm: str, labels: Tensor, seed: int) -> tuple[Tensor, ConditionalRecipe]:
    """The labels that an arm is trained with, and its recipe."""
    if arm == "shuffled labels":
        order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
        return labels[order], ConditionalRecipe()
    if arm == "no labels":
        return torch.zeros_like(labels), ConditionalRecipe(way="concatenation", n_classes=1)
    return labels, ConditionalRecipe(way=arm)


def ways(arm: str, seed: int, train: Images, test: Images) -> dict:
    """One conditional GAN, and all that the table says of it."""
    labels, recipe = labels_for(arm, train.labels, seed)
    start = time.process_time()
    G, _ = train_conditional(replace(train, labels=labels), recipe, ARM_STEPS, seed, progress=False)
    found = {"n_steps": ARM_STEPS, "cpu_seconds": round(time.process_time() - start, 1)}
    wanted = torch.arange(N_JUDGED) % 10
    x = G.sample(N_JUDGED, 7, wanted % recipe.n_classes)
    net = load_feature_net(train.name, "cpu")
    real = net.features(test.floats(shuffled(len(test))[:5000]))
    features = net.features(x)
    precision, recall = precision_recall(real[:N_FEATURES], features[:N_FEATURES])
    found |= {"precision": round(precision, 4), "recall": round(recall, 4)}
    found["fid"] = round(fid_feat(real, features[:5000], net), 2)
    found |= parzen(x, train, test)
    if arm == "no labels":
        return found | {"labels_right": None, "on_real": None}
    taught = train_classifier([(x, wanted)], seed=seed)
    found["on_real"] = round(accuracy(taught, test.floats(), test.labels), 4)
    return found | {"labels_right": round(accuracy(net, x, wanted), 4)}


def augment(arm: str, seed: int, train: Images, test: Images) -> dict:
    """Four classifiers from few images of each class, and the GAN that saw only these."""
    n = int(arm.split()[0])
    generator = torch.Generator().manual_seed(seed)
    few = of_classes(train.images, train.labels, n, generator)
    start = time.process_time()
    G, _ = train_conditional(replace(train, images=few[0], labels=few[1]), ConditionalRecipe(), 400, seed, (), False)
    found = {"n_steps": 400, "cpu_seconds": round(time.process_time() - start, 1)}
    wanted = torch.arange(N_JUDGED) % 10
    made = G.sample(N_JUDGED, 7, wanted), wanted
    real = replace(train, images=few[0], labels=few[1]).floats(), few[1]
    net = load_feature_net(train.name, "cpu")
    found["labels_right"] = round(accuracy(net, *made), 4)
    for name, change in (("", unchanged), ("_shifted", shifted)):
        for with_generated, sources in (("", [real]), ("_generated", [real, made])):
            taught = train_classifier(sources, seed=seed, change=change)
            found[f"real{with_generated}{name}"] = round(accuracy(taught, test.floats(), test.labels), 4)
    return found


def ring(arm: str, seed: int, train: Images, test: Images) -> dict:
    """The ring with that many labels."""
    start = time.process_time()
    G = train_on_labelled_ring(int(arm.split()[0]), seed)
    return {"cpu_seconds": round(time.process_time() - start, 1)} | ring_figures(G)


def tagging(arm: str, seed: int, train: Images, test: Images) -> dict:
    """Tags by GAN, regression and popularity, with vectors of that many numbers."""
    start = time.process_time()
    found = tagging_figures(int(arm.split()[0]), seed)
    return {"cpu_seconds": round(time.process_time() - start, 1)} | found


PARTS: dict[str, tuple[Callable[..., dict], tuple[str, ...]]] = {
    "ring": (ring, ("1 label", "2 labels", "4 labels", "8 labels")),
    "ways": (ways, (*WAYS, "shuffled labels", "no labels")),
    "augment": (augment, ("20 a class", "50 a class")),
    "tagging": (tagging, ("4 numbers", "8 numbers", "16 numbers")),
}


def once(part: str, arm: str, seed: int, data: tuple[Images, Images]) -> dict:
    """The row kept for this arm and seed, or a new one, kept: of the recipes as they are."""
    path = KEPT / f"{part}-{arm}-{seed}.json".replace(" ", "_")
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("recipe_hash") != arms_hash():
        head = {"part": part, "arm": arm, "seed": seed, "recipe_hash": arms_hash()}
        kept = head | PARTS[part][0](arm, seed, *data)
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept) + "\n")
    print(kept, flush=True)
    return kept


def main(chosen: list[str]) -> None:
    torch.set_num_threads(1)
    data = tuple(load_images("mnist", split, fallback=None, device="cpu") for split in ("train", "test"))
    rows = [once(part, arm, seed, data) for part in chosen or PARTS for seed in SEEDS for arm in PARTS[part][1]]
    if not chosen:
        print(record("conditional", "python benchmarks/conditional.py", arms_hash(), rows, notes=NOTES))


if __name__ == "__main__":
    main(sys.argv[1:])
