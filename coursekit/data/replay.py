"""A store of old fakes, so that D does not forget what G made some time ago."""

import torch
from torch import Tensor


class ReplayBuffer:
    """Up to `capacity` old samples; `exchange` swaps half of a batch for them (Shrivastava et al. 2017, sec. 2.3).

    With conditions, `rows` are tuples (fakes, *cond) and a fake keeps its own.
    """

    def __init__(self, capacity: int):
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}: a buffer holds at least 1 sample")
        self.capacity = capacity
        self.store: list[Tensor] = []

    def __len__(self) -> int:
        return len(self.store[0]) if self.store else 0

    def exchange(self, fakes: Tensor, generator: torch.Generator) -> Tensor:
        """A batch of the same shape as `fakes` (N, ...), half of it old once the buffer is full.

        While there is room, the buffer takes copies of as many fakes as fit, and the batch comes back as it is. Once it
        is full, N // 2 random rows (no more than `capacity`) change places with random samples of the buffer: nothing
        is lost and nothing is there twice. What comes back is a new tensor; `fakes` stays as it was. `generator` lives
        on the device of `fakes`.
        """
        return self.exchange_rows((fakes,), generator)[0]

    def exchange_rows(self, rows: tuple[Tensor, ...], generator: torch.Generator) -> tuple[Tensor, ...]:
        """The same for tuples (fakes, *cond): a swapped fake takes its conditions along."""
        rows = tuple(part.detach().clone() for part in rows)
        room = self.capacity - len(self)
        if room:
            taken = [part[:room].clone() for part in rows]
            self.store = [torch.cat(pair) for pair in zip(self.store, taken, strict=True)] if self.store else taken
            return rows
        n, device = len(rows[0]), rows[0].device
        n_old = min(n // 2, self.capacity)
        # Distinct slots: writing to a slot twice would depend on the order in which threads arrive.
        here = torch.randperm(n, generator=generator, device=device)[:n_old]
        there = torch.randperm(self.capacity, generator=generator, device=device)[:n_old]
        for part, store in zip(rows, self.store, strict=True):
            part[here], store[there] = store[there], part[here]
        return rows


class Replay:
    """The hook `remember` of `adversarial`: a replay buffer with a random generator of its own, for exact resume."""

    def __init__(self, capacity: int, seed: int = 0, device: torch.device | str = "cpu"):
        self.buffer = ReplayBuffer(capacity)
        self.generator = torch.Generator(device).manual_seed(seed)

    def __call__(self, fake: Tensor, *cond: Tensor) -> tuple[Tensor, ...]:
        return self.buffer.exchange_rows((fake, *cond), self.generator)

    def state_dict(self) -> dict:
        return {"store": list(self.buffer.store), "generator": self.generator.get_state()}

    def load_state_dict(self, state: dict) -> None:
        device = self.generator.device
        self.buffer.store = [part.to(device) for part in state["store"]]
        self.generator.set_state(state["generator"])
