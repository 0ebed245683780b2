"""Endless streams with private generators: batches of data, and noise for the generator.

Both hold their own torch generator and a `state_dict`, so that a run can stop anywhere and go on bit for bit, and so
that nothing else that draws random numbers can change what they give.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Draw = Callable[[int, torch.Generator], tuple[Tensor, ...]]


def uniform(*size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Noise uniform on [-1, 1), as DCGAN draws it; an alternative to `torch.randn` for `Latent`."""
    return torch.rand(*size, generator=generator, device=device) * 2 - 1


class Batches:
    """An endless iterator of tuples `(real, *cond)`, each from one call `draw(batch_size, generator)`."""

    def __init__(self, draw: Draw, batch_size: int, seed: int = 0, device: torch.device | str = "cpu"):
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}: it must be at least 1")
        self.draw = draw
        self.batch_size = batch_size
        self.generator = torch.Generator(device).manual_seed(seed)

    def __iter__(self) -> "Batches":
        return self

    def __next__(self) -> tuple[Tensor, ...]:
        batch = self.draw(self.batch_size, self.generator)
        if not isinstance(batch, tuple):
            raise TypeError(
                f"draw returned a {type(batch).__name__}, it must return a tuple (real, *cond): write `return (x,)`, "
                "since unpacking a bare tensor would make its rows conditions"
            )
        return batch

    def state_dict(self) -> dict:
        return {"generator": self.generator.get_state()}

    def load_state_dict(self, state: dict) -> None:
        self.generator.set_state(state["generator"])


def turned(batches: Batches) -> Batches:
    """The stream with its tuples turned round, drawn by the same generator: (high, low) as (low, high)."""
    other = Batches(lambda n, generator: batches.draw(n, generator)[::-1], batches.batch_size)
    other.generator = batches.generator
    return other


class Latent:
    """Noise for the generator: `latent(n)` has shape (n, size), standard normal unless `draw` says otherwise."""

    def __init__(self, size: int, seed: int = 0, device: torch.device | str = "cpu", draw=torch.randn):
        self.size = size
        self.draw = draw
        self.generator = torch.Generator(device).manual_seed(seed)

    def __call__(self, n: int) -> Tensor:
        return self.draw(n, self.size, generator=self.generator, device=self.generator.device)

    def state_dict(self) -> dict:
        return {"generator": self.generator.get_state()}

    def load_state_dict(self, state: dict) -> None:
        self.generator.set_state(state["generator"])
