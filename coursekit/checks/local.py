"""A student in this process: what a notebook's check and the release gate ask for answers.

It answers as the grader's student does, without its walls: the function runs here, and a check that it calls for is
the reader's own.
"""

import inspect
import linecache
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from coursekit.checks.judging import Mistake, NotStarted, Raised, changed

MAX_TEXT = 300  # characters of a student's error message
NOT_THE_STUDENT = tuple(
    {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), str(Path(__file__).resolve().parents[1])}
)


class Local:
    """`student.NAME(...)` calls the function NAME of `functions` and turns what goes wrong into a Mistake."""

    def __init__(self, functions: Mapping[str, Callable], mutates: tuple[str, ...] = ()):
        self._functions, self._mutates = functions, mutates

    def __getattr__(self, name: str) -> Callable:
        if name not in self._functions:
            raise Raised(f"There is no function {name}.", "AttributeError")
        return lambda *arguments: answer(name, self._functions[name], arguments, self._mutates)

    def probe(self, function: Callable, **tensors: Tensor):
        """What function(student, **tensors) returns, for questions that are more than one call."""
        try:
            return function(self, **tensors)
        except Mistake:
            raise
        except Exception as error:
            kind, (own, _) = type(error).__name__, own_line(error)
            what = f"Your code stopped{own} with {kind}" if own else f"What came back could not be used: {kind}"
            raise Raised(f"{what}: {text_of(error)}", kind) from None


def answer(name: str, function: Callable, arguments: tuple, mutates: tuple[str, ...]) -> object:
    """What function(*arguments) returns.

    A stub is NotStarted, any other exception Raised, with the line of the student's that it came from; an argument
    that was changed is a Mistake, unless `mutates` names it.
    """
    parameters = bind(name, function, arguments)
    before = [copy(argument) for argument in arguments]
    try:
        result = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is one, too
        own, is_last = own_line(error)
        if isinstance(error, NotImplementedError) and is_last:  # torch raises it too, for what it cannot do
            raise NotStarted(name) from None
        kind = type(error).__name__
        raise Raised(f"{name} stopped{own} with {kind}: {text_of(error)}", kind) from None
    for parameter, old, new in zip(parameters, before, arguments, strict=False):
        if parameter not in mutates and not is_same(old, new):
            raise changed(name, parameter)
    return result


def bind(name: str, function: Callable, arguments: tuple) -> list[str]:
    """The parameters' names in the order of the arguments; Raised if the function cannot be called with so many."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # not callable, or built in
        return [f"number {i + 1}" for i in range(len(arguments))]
    try:
        signature.bind(*arguments)
    except TypeError:
        wanted = f"{len(arguments)} argument{'s' * (len(arguments) != 1)}"
        text = f"Wrong signature: {name} takes {signature} and is called with {wanted}. Take its `def` from the stub."
        raise Raised(text, "TypeError") from None
    return list(signature.parameters)


def own_line(error: BaseException) -> tuple[str, bool]:
    """Where the student's own code was when it raised, in words, and whether that line itself raised."""
    frames = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    own = [(file, number) for file, number in frames if not file.startswith(NOT_THE_STUDENT)]
    if not own:
        return "", False
    file, number = own[-1]
    line = linecache.getline(file, number).strip()
    return (f" in line {number}, `{line}`," if line else f" in line {number}"), own[-1] == frames[-1]


def text_of(error: BaseException) -> str:
    """The first line of the error's message, shortened; an error that cannot say it has none."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        return "(its message cannot be read)"
    return lines[0][:MAX_TEXT] if lines else "(no message)"


def copy(value: object) -> object:
    """A copy of an argument: tensors, and lists, tuples and dicts of them."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, (list, tuple)):
        return [copy(item) for item in value]
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}
    return value


def is_same(old: object, new: object) -> bool:
    """Whether an argument is as it was when `old` was copied from it."""
    if isinstance(old, Tensor):
        if not isinstance(new, Tensor) or old.shape != new.shape or old.dtype != new.dtype:
            return False
        exact = {"rtol": 0, "atol": 0, "equal_nan": True}
        return torch.equal(old, new) or (old.is_floating_point() and torch.allclose(old, new, **exact))
    if isinstance(old, list):
        return len(old) == len(new) and all(map(is_same, old, new))
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(is_same(item, new[key]) for key, item in old.items())
    return old is new or old == new
