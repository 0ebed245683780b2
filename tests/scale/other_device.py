"""A device beside the CPU, made of the CPU: what fails on a GPU for want of a move fails on it too, on any machine.

Within `other_device()` a tensor on "meta" holds numbers, which the CPU computes. Operands on two devices, a generator
of the wrong device and numpy() of such a tensor are errors, as on a GPU. It knows neither streams nor precision.
"""

import contextlib
from collections.abc import Iterator
from unittest import mock

import torch
import torch._dynamo  # before Generator is replaced: it reads annotations
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._foreach_utils import _get_fused_kernels_supported_devices
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

OTHER, CPU = torch.device("meta"), torch.device("cpu")
MOVES = ("aten::copy_", "aten::_to_copy")
GATHERS = (
    "aten::index",
    "aten::index_put",
    "aten::index_put_",
    "aten::_index_put_impl_",
)  # their indices may be on the CPU
READS = ("aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select", "aten::_unique2", "aten::unique_dim")
FUSED = "torch.optim.optimizer._get_fused_kernels_supported_devices"


class There(Tensor):
    """A tensor on the other device; `here` are its numbers."""

    @staticmethod
    def __new__(cls, here: Tensor) -> "There":
        meta = {"strides": here.stride(), "storage_offset": here.storage_offset(), "dtype": here.dtype}
        there = torch.Tensor._make_wrapper_subclass(cls, here.size(), device=OTHER, **meta)
        there.here = here
        return there

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return computed(function, args, kwargs or {}, [])


def computed(function, args: tuple, kwargs: dict, crossings: list[str]):
    """The call on the CPU, its result on the device where it belongs; `crossings` gets what a GPU would wait for."""
    name, leaves = function._schema.name, tree_leaves((args, kwargs))
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
    there = [tensor for tensor in tensors if isinstance(tensor, There)]
    wanted = kwargs.get("device")
    on_other = is_other(wanted) if wanted is not None else bool(there)
    crosses = there and (len(there) < len(tensors) or not on_other)  # a part is here, or the result is
    moved = name in (*MOVES, *GATHERS) and (crosses or (on_other and not there))
    if moved or (name in READS and there):
        crossings.append(name)
    check_devices(name, args, tensors)
    for leaf in leaves:
        if isinstance(leaf, torch._C.Generator) and (leaf._cdata in Generator.there) != on_other:
            raise RuntimeError(f"{name} on {OTHER if on_other else CPU} got a generator of another device")
    args, kwargs = tree_map(lambda leaf: leaf.here if isinstance(leaf, There) else leaf, (args, kwargs))
    result = function(*args, **(kwargs | ({"device": CPU} if wanted is not None else {})))
    if name == "aten::_to_copy" and result is args[0]:
        result = result.clone()
    own = {id(tensor.here if isinstance(tensor, There) else tensor): tensor for tensor in tensors}

    def placed(value):
        if not isinstance(value, Tensor):
            return value
        return own.get(id(value)) if id(value) in own else There(value) if on_other else value

    return tree_map(placed, result)


def check_devices(name: str, args: tuple, tensors: list[Tensor]) -> None:
    """RuntimeError where operands that are no scalars are on two devices."""
    if name in GATHERS:
        tensors = [arg for arg in args if isinstance(arg, Tensor)] + (tensors if not isinstance(args[0], There) else [])
    there = [isinstance(tensor, There) for tensor in tensors if tensor.dim()]
    if name not in MOVES and len(set(there)) > 1:
        raise RuntimeError(f"{name}: Expected all tensors to be on the same device, found {OTHER} and {CPU}")


def is_other(device: object) -> bool:
    return device is not None and torch.device(device) == OTHER


class Calls(TorchDispatchMode):
    """Every call of torch, those that make tensors included."""

    def __init__(self, crossings: list[str]):
        super().__init__()
        self.crossings = crossings

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        return computed(function, args, kwargs or {}, self.crossings)


class Makers(TorchFunctionMode):
    """What torch does in C++ before it calls anything: making a tensor of numbers, and numbers of a tensor."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        there = bool(args) and isinstance(args[0], There)
        if function is Tensor.tolist and there:
            return args[0].detach().cpu().tolist()
        if function is Tensor.__format__ and there and not args[0].dim():
            return format(args[0].item(), args[1])
        if function is Tensor.new_tensor and there:
            return There(torch.tensor(args[1], dtype=kwargs.get("dtype", args[0].dtype)))
        if function in (torch.tensor, torch.as_tensor) and is_other(kwargs.get("device")):
            made = function(*args, **{key: value for key, value in kwargs.items() if key != "device"})
            return made if isinstance(made, There) else There(made)
        return function(*args, **kwargs)


class Generator(torch._C.Generator):
    """torch.Generator, on the other device too."""

    there: dict[int, "Generator"] = {}  # by address: torch hands out new Python objects for the same generator

    def __new__(cls, device: object = "cpu") -> "Generator":
        generator = super().__new__(cls, "cpu")
        if is_other(device):
            cls.there[generator._cdata] = generator
        return generator

    @property
    def device(self) -> torch.device:
        return OTHER if self._cdata in Generator.there else CPU


def gru(self: nn.GRU, x: Tensor) -> tuple[Tensor, Tensor]:
    """nn.GRU's forward for batches first, whose transposition is in place in torch, which a wrapper cannot follow."""
    h = torch.zeros(self.num_layers, len(x), self.hidden_size, device=x.device)
    rest = (self.bias, self.num_layers, self.dropout, self.training, self.bidirectional, False)
    states, h = torch._VF.gru(x.transpose(0, 1), h, self._flat_weights, *rest)
    return states.transpose(0, 1), h


@contextlib.contextmanager
def other_device() -> Iterator[list[str]]:
    """The other device for the length of the block; gives the list of calls that a GPU would have waited for."""
    autocast = torch.autocast
    patches = {
        "torch.autocast": lambda kind, *args, **kw: (
            contextlib.nullcontext() if kind == "meta" else autocast(kind, *args, **kw)
        ),
        "torch.Generator": Generator,
        "torch.nn.GRU.forward": gru,
        FUSED: lambda: [*_get_fused_kernels_supported_devices(), "meta"],
    }
    crossings: list[str] = []
    with contextlib.ExitStack() as stack:
        for name, value in patches.items():
            stack.enter_context(mock.patch(name, value))
        stack.callback(Generator.there.clear)
        stack.enter_context(Calls(crossings))
        stack.enter_context(Makers())
        yield crossings
