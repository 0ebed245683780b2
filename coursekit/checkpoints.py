"""Checkpoints: written whole or not at all, and enough for a resumed run to be the same run bit for bit.

A checkpoint is one safetensors file. Tensors are stored as they are; the tree that held them (optimisers nest dicts
with integer keys, lists and numbers) is JSON in the file's metadata, so that reading one never executes anything.
"""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor


class Stateful(Protocol):
    """Anything with torch's pair of methods: a module, an optimiser, a scheduler, a stream, a history."""

    def state_dict(self) -> dict: ...
    def load_state_dict(self, state: dict) -> object: ...


class GlobalGenerator:
    """torch's global generators (dropout, the gradient penalty's mix) as a part of a checkpoint."""

    def state_dict(self) -> dict:
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
        return {"cpu": torch.get_rng_state(), "cuda": cuda}

    def load_state_dict(self, state: dict) -> None:
        torch.set_rng_state(state["cpu"])
        if state["cuda"]:
            torch.cuda.set_rng_state_all(state["cuda"])


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write(temporary)` and move the result to `path`: readers see the old file or the new one, never a part.

    On any error (a full disk, an interrupt) the temporary file is removed and `path` is what it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".partial.{path.name}")  # one name: what a kill leaves is overwritten
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # safetensors makes files that only their owner can read
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise OSError(f"{path} could not be written ({error}): free some space or choose another folder") from error
        raise


def save(path: Path, parts: Mapping[str, Stateful], meta: Mapping[str, object]) -> None:
    """Write the state of all `parts` and `meta` (JSON) to `path`, atomically."""
    tensors: dict[str, Tensor] = {}
    tree = {name: _flatten(part.state_dict(), name, tensors) for name, part in parts.items()}
    metadata = {"meta": json.dumps({**meta, "threads": torch.get_num_threads()}), "tree": json.dumps(tree)}
    write_atomically(path, lambda temporary: save_file(tensors, temporary, metadata))


def read_meta(path: Path) -> dict:
    """The `meta` of a checkpoint; errors name the file and what is wrong with it."""
    with _opened(path) as file:
        return json.loads(file.metadata()["meta"])


def load(path: Path, parts: Mapping[str, Stateful]) -> dict:
    """Put the state in `path` into all `parts`, in place, and return its `meta`.

    Raises ValueError where the file holds other parts. A checkpoint may hold more parts than are asked for.
    """
    with _opened(path) as file:
        tree, meta = json.loads(file.metadata()["tree"]), json.loads(file.metadata()["meta"])
        if missing := parts.keys() - tree.keys():
            raise ValueError(f"{path} holds {sorted(tree)}, not {sorted(missing)}: it is another run's checkpoint")
        states = {name: _unflatten(tree[name], file.get_tensor) for name in parts}
    for name, part in parts.items():
        part.load_state_dict(states[name])
    return meta


def check_threads(meta: Mapping[str, object]) -> None:
    """Refuse to resume with another number of threads: sums would be taken in another order, and no longer be equal."""
    if meta["threads"] != torch.get_num_threads():
        raise ValueError(
            f"the run was made with {meta['threads']} threads and torch now uses {torch.get_num_threads()}: set "
            f"OMP_NUM_THREADS={meta['threads']} to resume it exactly"
        )


def _flatten(value: object, name: str, tensors: dict[str, Tensor]) -> object:
    """The JSON form of a state, its tensors moved to `tensors` under dotted names."""
    if isinstance(value, Tensor):
        tensors[name] = value.detach().cpu().clone().contiguous()  # shared storage is refused by safetensors
        return {"tensor": name}
    if isinstance(value, Mapping):
        return {"dict": [[key, _flatten(item, f"{name}.{key}", tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_flatten(item, f"{name}.{i}", tensors) for i, item in enumerate(value)]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{name} is a {type(value).__name__}: a state may hold tensors, numbers, text, dicts and lists")


def _unflatten(value: object, tensor: Callable[[str], Tensor]) -> object:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tensor":
        return tensor(content)
    if kind == "dict":
        return {key: _unflatten(item, tensor) for key, item in content}
    items = [_unflatten(item, tensor) for item in content]
    return tuple(items) if kind == "tuple" else items


@contextlib.contextmanager
def _opened(path: Path):
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no checkpoint {path}: give the folder that `coursekit train --out` wrote")
    try:
        file = safe_open(path, "pt")
    except Exception as error:  # safetensors raises its own type for a file that is no safetensors
        raise ValueError(
            f"{path} is not a readable checkpoint ({error}): it may be truncated; train it again"
        ) from error
    with file:
        if "tree" not in (file.metadata() or {}):
            raise ValueError(f"{path} was not written by coursekit: it lacks the tree of its parts")
        yield file
