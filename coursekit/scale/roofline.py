"""What a step costs at least on a device: its operations and bytes, over the most that the device was seen to do."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

GATHERS = ("index", "index_select", "gather", "embedding")  # read a part of their first argument


@dataclass(frozen=True)
class Ceilings:
    """The most a device was seen to do, per second: operations of a large matrix product, bytes of a large copy."""

    operations: float
    bytes: float


def measured_ceilings(device: torch.device, dtype: torch.dtype, size: int = 8192, repeats: int = 20) -> Ceilings:
    """Both ceilings: by a product of two size x size matrices in `dtype`, and by a copy of 4 size^2 float32 numbers."""
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    source = torch.empty(4 * size * size, device=device)
    target = torch.empty_like(source)
    product = shortest(lambda: a @ b, device, repeats)
    copy = shortest(lambda: target.copy_(source), device, repeats)
    return Ceilings(2 * size**3 / product, 2 * source.nbytes / copy)


def shortest(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The shortest of `repeats` runs in seconds, after two that do not count."""
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start)
    return min(times[2:])


def wait(device: torch.device) -> None:
    """Returns when the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Costs(TorchDispatchMode):
    """Within the block: `operations` and `bytes` of every call that torch makes, and `floor(ceilings)` in seconds.

    Operations are those of products and convolutions, as torch's own counter knows them. Bytes are those of all tensors
    that a call reads or writes, but what a gather reads of its source is what it writes; views cost nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, float, float]] = []  # name, operations, bytes

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        packet = function._overloadpacket
        count = flop_registry.get(packet)
        operations = count(*args, **(kwargs or {}), out_val=result) if count else 0
        inputs = (result, args[1:]) if packet.__name__ in GATHERS else args
        self.calls.append((packet.__name__, operations, 0 if function.is_view else moved((inputs, kwargs), result)))
        return result

    @property
    def operations(self) -> float:
        return sum(operations for _, operations, _ in self.calls)

    @property
    def bytes(self) -> float:
        return sum(size for _, _, size in self.calls)

    def floor(self, ceilings: Ceilings) -> float:
        """Seconds if each call took no longer than its operations or its bytes, whichever takes longer, allow."""
        return sum(max(n / ceilings.operations, size / ceilings.bytes) for _, n, size in self.calls)


def moved(inputs: object, outputs: object) -> int:
    """Bytes of all tensors among the inputs and the outputs of a call; one that is both is read and written."""
    return sum(leaf.nbytes for leaf in tree_leaves((inputs, outputs)) if isinstance(leaf, Tensor))
