"""What test_distributed.py runs alone and under torchrun: a few steps of nets without batch statistics."""

import dataclasses
import sys
from pathlib import Path

import torch
from torch import nn

from coursekit import checkpoints
from coursekit.data.images import load_images
from coursekit.recipes import DCGAN_FAST, VANILLA, Recipe
from coursekit.scale.distributed import joined


def plain_pair(shape: tuple, latent: int) -> tuple[nn.Module, nn.Module]:
    G = nn.Sequential(nn.Linear(latent, 32), nn.ReLU(), nn.Linear(32, 64), nn.Tanh(), nn.Unflatten(1, shape))
    return G, nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))


RECIPES: dict[str, Recipe] = {
    "r1": dataclasses.replace(VANILLA, name="r1", nets=plain_pair, any_precision=False, batch_size=12),
    "shared-pass": dataclasses.replace(DCGAN_FAST, name="shared", nets=plain_pair, any_precision=False, batch_size=12),
}


def train(folder: Path) -> None:
    """Trains each recipe and writes folder/NAME."""
    with joined() as processes:
        for name, recipe in RECIPES.items():
            run = recipe.start(load_images("digits", device="cpu"), 6, seed=3, processes=processes)
            run.fit(progress=False)
            if processes.first:
                checkpoints.save(folder / name, run.nets, {"processes": processes.size})


if __name__ == "__main__":
    torch.set_num_threads(1)
    train(Path(sys.argv[1]))
