"""Values and slopes in one: what a function returns, and whether a training could go back through it."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import torch
from torch import Tensor

from coursekit.checks.judging import Mistake, anything, close, explain

NO_SLOPE = "The value is right, but `backward` finds no way through it: no `item`, `data`, `detach` or `no_grad`."


def differentiate(student, name, arguments, leaves):
    """A probe: what name(*arguments) returns, and the slope of its weighted sum by the arguments at `leaves`."""
    import torch

    arguments = [a.clone().requires_grad_() if i in leaves else a for i, a in enumerate(arguments)]
    out = getattr(student, name)(*arguments)
    if not (isinstance(out, torch.Tensor) and out.requires_grad):
        return {"out": out, "slopes": None}
    weights = torch.arange(1.0, out.numel() + 1, dtype=out.dtype).reshape(out.shape).cos()
    asked = [arguments[i] for i in leaves]
    slopes = torch.autograd.grad((out * weights).sum(), asked, allow_unused=True)
    zeros = [torch.zeros_like(leaf) for leaf in asked]
    return {"out": out, "slopes": [zero if s is None else s for zero, s in zip(zeros, slopes, strict=True)]}


def compare_slopes(
    student, name: str, exact: Callable[..., Tensor], hints: Mapping[str, object], /, **arguments: object
) -> None:
    """The value of name(*arguments), then its slope by every tensor of floating point; `exact` gets float64."""
    sent, leaves = list(arguments.values()), []
    for i, value in enumerate(sent):
        if isinstance(value, Tensor) and value.is_floating_point():
            leaves.append(i)
    doubled = [value.double() if i in leaves else value for i, value in enumerate(sent)]
    wanted = differentiate(SimpleNamespace(**{name: exact}), name, doubled, leaves)
    call = f"{name}({', '.join(arguments)})"
    got = student.probe(differentiate, name=name, arguments=sent, leaves=leaves)
    close(got["out"], wanted["out"].detach(), call, hints, arguments)
    if got["slopes"] is None:
        raise Mistake(f"{call}\n{NO_SLOPE}")
    for i, slope, right in zip(leaves, got["slopes"], wanted["slopes"], strict=True):
        parameter = list(arguments)[i]
        cut = f"The value is right, its slope by {parameter} is not: no `item`, `data` or `detach` of {parameter}."
        close(slope, right, f"the slope of {call} by {parameter}", {cut: anything}, arguments)


def same_dtype(student, name: str, why: str, /, **arguments: object) -> None:
    """float32 in, float32 out: raise a Mistake with the hint `why` otherwise."""
    with explain(why):
        out = getattr(student, name)(*arguments.values())
    if isinstance(out, Tensor) and out.dtype != torch.float32:
        raise Mistake(f"{name}({', '.join(arguments)}) of float32 returns {out.dtype}.\n{why}")
