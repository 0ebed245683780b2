"""Parzen log-likelihood of the recipe "vanilla" on MNIST: `python benchmarks/parzen.py`, about 20 minutes on one core.

Writes coursekit/recorded/parzen.json. `--seeds` trains only the three fast seeds, 4 minutes, and prints them. It needs
the whole of MNIST and takes no fallback. Protocol: Goodfellow et al. 2014, section 5; see coursekit/metrics/parzen.py.
"""

import argparse
import dataclasses
import time

import torch
from torch import Tensor

from coursekit.data.images import Images, load_images
from coursekit.fit import every
from coursekit.metrics.parzen import choose_sigma, mean_and_error, parzen_log_likelihood
from coursekit.recipes import RECIPES, Recipe, Run
from coursekit.recorded import record
from coursekit.steps.adversarial import adversarial

N_TRAIN, N_VALIDATION = 50_000, 1000  # of MNIST's 60,000 training images; sigma is chosen on the 1,000 after the 50,000
N_SAMPLES = 10_000
FAST, FULL = 2200, 20_000  # steps; a training step is one batch of 100 for each net
VANILLA = RECIPES["vanilla"]
WITHOUT_R1 = dataclasses.replace(VANILLA, step=adversarial)
IN_FLOAT32 = dataclasses.replace(VANILLA, any_precision=False)


@dataclasses.dataclass(frozen=True)
class Data:
    """The three parts of MNIST: images to train on, and float pixels in [0, 1] to choose sigma on and to test on."""

    train: Images
    validation: Tensor
    test: Tensor


def load() -> Data:
    images, test = (load_images("mnist", half, fallback=None) for half in ("train", "test"))
    train = dataclasses.replace(images, images=images.images[:N_TRAIN], labels=images.labels[:N_TRAIN])
    return Data(train, images.images[N_TRAIN:][:N_VALIDATION] / 255, test.images / 255)


def evaluate(samples: Tensor, data: Data) -> dict[str, float]:
    """Mean test log-likelihood in nats under windows on `samples` (pixels in [0, 1]), its standard error, and sigma."""
    sigma, _ = choose_sigma(samples, data.validation)
    mean, error = mean_and_error(parzen_log_likelihood(samples, data.test, sigma))
    return {"ll": round(mean, 2), "se": round(error, 2), "sigma": round(sigma, 4)}


def measure(arm: str, recipe: Recipe, data: Data, n_steps: int, seed: int, watch_every: int) -> dict:
    """Train once and return a row; `validation` follows the log-likelihood of validation images, on 2,000 samples."""
    run = recipe.start(data.train, n_steps, seed)
    validation = []

    def watch(n: int, losses: dict[str, Tensor]) -> None:
        _, curve = choose_sigma(pixels(run, 2000), data.validation)
        validation.append([n, round(max(nats for _, nats in curve), 2)])

    start = time.process_time()
    run.fit((every(watch_every, watch),), progress=False)
    seconds = round(time.process_time() - start)
    row = {"arm": arm, "seed": seed, "n_steps": n_steps, "cpu_seconds": seconds, **evaluate(pixels(run), data)}
    print(row, flush=True)
    return row | {"validation": validation}


def pixels(run: Run, n: int = N_SAMPLES) -> Tensor:
    """`n` samples of the averaged generator, pixels in [0, 1]."""
    return (run.sample(n, seed=run.meta["seed"] + 7) + 1) / 2


def references(data: Data) -> list[dict]:
    """What the same protocol gives to windows on training images, on their mean, and on an untrained generator."""
    real = data.train.images[:N_SAMPLES] / 255
    untrained = VANILLA.start(data.train, 1)
    samples = {
        "training images": real,
        "mean image": (data.train.images / 255).mean(0, keepdim=True),
        "untrained": pixels(untrained),
    }
    rows = [
        {"arm": name, "seed": 0, "n_steps": 0, "cpu_seconds": 0, **evaluate(x, data)} for name, x in samples.items()
    ]
    print(*rows, sep="\n", flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", action="store_true", help="train three fast seeds, print them, write nothing")
    only_seeds = parser.parse_args().seeds
    torch.set_num_threads(1)
    data = load()
    rows = [measure("fast", VANILLA, data, FAST, seed, 200) for seed in range(3)]
    if only_seeds:
        return
    rows += references(data)
    rows.append(measure("without R1", WITHOUT_R1, data, FAST, 0, 200))
    rows.append(measure("float32", IN_FLOAT32, data, FAST, 0, 200))
    rows.append(measure("full", VANILLA, data, FULL, 0, 1000))
    notes = ["ll is of the averaged generator; se is over the 10,000 test images, not over seeds"]
    print(record("parzen", "python benchmarks/parzen.py", VANILLA.hash(), rows, notes=notes))


if __name__ == "__main__":
    main()
