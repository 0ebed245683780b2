"""The reader's own loss: checked each time it is called, so that a message can name its line."""

import inspect
from collections.abc import Callable

import torch
from torch import Tensor

from coursekit.losses import NON_SATURATING, Loss
from coursekit.widgets.playground.settings import OWN_LOSS


class WrongLoss(ValueError):
    """A loss of the reader's returned something that cannot be minimised."""


def own_loss(d_loss: Callable | None, g_loss: Callable | None) -> Loss | None:
    """The reader's pair, or None where there is neither; the half that is missing is the non-saturating loss's.

    Raises ValueError for what is no function of two arguments: `d_loss(real, fake)`, `g_loss(fake, real)`.
    """
    if d_loss is None and g_loss is None:
        return None
    halves = []
    for name, words, function, stand_in in (
        ("d_loss", "(real, fake), raw scores", d_loss, NON_SATURATING.d),
        ("g_loss", "(fake, real), raw scores and a function that gives them", g_loss, NON_SATURATING.g),
    ):
        halves.append(stand_in if function is None else _checked(name, words, function))
    return Loss(OWN_LOSS, *halves)


def _checked(name: str, words: str, function: Callable) -> Callable:
    try:
        inspect.signature(function).bind(None, None)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a function of {words}: this one cannot be called so ({error})") from None

    def call(first: Tensor, second: object) -> Tensor:
        value = function(first, second)
        if not isinstance(value, Tensor):
            raise WrongLoss(f"{name} returned a {type(value).__name__}, it needs a tensor {_line(function)}")
        if value.dim():
            shape = tuple(value.shape)
            raise WrongLoss(f"{name} returned shape {shape}, it needs one number: end with .mean() {_line(function)}")
        if not torch.isfinite(value):
            raise WrongLoss(f"{name} returned {value.item()} {_line(function)}")
        if first.requires_grad and not value.requires_grad:
            raise WrongLoss(f"{name} does not depend on the scores any more: no detach, no .item() {_line(function)}")
        return value

    call.__wrapped__ = function
    return call


def source_of(function: Callable) -> str:
    """The lines of a function as they were written; its name where they are not to be had."""
    function = inspect.unwrap(function)
    try:
        return inspect.cleandoc("\n" + inspect.getsource(function)).strip()
    except (OSError, TypeError):
        return getattr(function, "__name__", type(function).__name__)


def _line(function: Callable) -> str:
    """The line that returned, with its number in the cell or file."""
    function = inspect.unwrap(function)
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return f"(in {getattr(function, '__name__', 'the function')})"
    at = max((i for i, text in enumerate(lines) if text.strip().startswith("return")), default=0)
    return f"(in {getattr(function, '__name__', 'the function')}, line {max(first, 1) + at}: {lines[at].strip()})"
