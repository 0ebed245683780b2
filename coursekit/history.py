"""The losses of a run, kept on the device until somebody looks at them."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


class History:
    """What each step returned, in order: `history["d_loss"]` is a float64 array with one value a step.

    Appending keeps tensors as they are, so that a step never waits for the device; reading moves them to the CPU once.
    `meta` says how the run was made (device, precision, ...).
    """

    def __init__(self, meta: dict[str, str] | None = None):
        self.meta = dict(meta or {})
        self._read: dict[str, list[float]] = {}
        self._pending: list[dict[str, Tensor]] = []

    def append(self, losses: dict[str, Tensor]) -> None:
        """Add the losses of one step: 0-d tensors, detached here."""
        if not isinstance(losses, dict):
            raise TypeError(f"a step must return a dict of losses, this one returned {type(losses).__name__}")
        expected = self._pending[0].keys() if self._pending else self._read.keys()
        if len(self) and losses.keys() != expected:
            raise ValueError(f"this step returned {sorted(losses)}, earlier ones {sorted(expected)}: keep the names")
        self._pending.append({name: loss.detach() for name, loss in losses.items()})

    def newest(self, n: int) -> dict[str, np.ndarray]:
        """The last `n` values of each loss, float64, oldest first."""
        self._flush()
        return {name: np.array(values[-n:]) for name, values in self._read.items()}

    @property
    def names(self) -> list[str]:
        return list(self._pending[0] if self._pending else self._read)

    def __len__(self) -> int:
        return len(next(iter(self._read.values()), [])) + len(self._pending)

    def __getitem__(self, name: str) -> np.ndarray:
        self._flush()
        if name not in self._read:
            raise KeyError(f"no loss named {name!r} was recorded; there are {self.names}")
        return np.array(self._read[name])

    def _flush(self) -> None:
        if not self._pending:
            return
        for name in self.names:
            moved = torch.stack([losses[name] for losses in self._pending]).double().tolist()
            self._read.setdefault(name, []).extend(moved)
        self._pending = []

    def write_jsonl(self, path: Path) -> None:
        """Write one JSON object a step, `{"step": 1, "d_loss": ..., ...}`, after a first line that holds `meta`."""
        self._flush()
        rows = zip(*self._read.values(), strict=True)
        lines = [json.dumps({"meta": self.meta})]
        lines += [json.dumps({"step": i, **dict(zip(self._read, row, strict=True))}) for i, row in enumerate(rows, 1)]
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def state_dict(self) -> dict:
        self._flush()
        return {"meta": self.meta, "losses": {k: torch.tensor(v, dtype=torch.float64) for k, v in self._read.items()}}

    def load_state_dict(self, state: dict) -> None:
        self.meta = dict(state["meta"])
        self._read = {name: values.tolist() for name, values in state["losses"].items()}
        self._pending = []
