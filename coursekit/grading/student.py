"""The `student` of a check: its attributes are the submission's functions, which run in a child.

A probe is a plain function `probe(student, **tensors) -> plain data` for what is not a plain call (modules, gradients,
training steps). `student.probe(f, x=x)` runs it beside the submission; a check runs it on the reference and compares.
In a notebook the same checks get a `coursekit.checks.local.Local`, with the student's own functions.
"""

import builtins
import dis
import functools
import inspect
import textwrap
import types
from collections.abc import Callable

from torch import Tensor

from coursekit.checks.judging import changed
from coursekit.checks.local import Local
from coursekit.grading import wire
from coursekit.grading.session import Session, Violation


class Student:
    """A submission in a child. `student.f(x)` sends x, runs f there, and returns its result as plain data.

    A call that changes its arguments fails, but for those named in `mutates`: the tensors that were passed get the new
    values, as in a plain call. `parameters` are the names of f's arguments, which the check knows: the submission has
    no say in which of them is which.
    """

    def __init__(
        self, session: Session, seed: int, mutates: tuple[str, ...] = (), parameters: dict[str, list[str]] | None = None
    ):
        self._session, self._seed, self._mutates, self._parameters = session, seed, mutates, parameters or {}

    def probe(self, function: Callable[..., object], **tensors: object) -> object:
        """What `function(student, **tensors)` returns when it runs beside the submission."""
        sent = plain(tensors)
        return self._session.ask(("probe", self._seed, source_of(function), function.__name__, sent))["result"]

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: object, **kwargs: object) -> object:
            sent_args, sent_kwargs = plain(list(args)), plain(kwargs)
            answer = self._session.ask(("call", self._seed, name, sent_args, sent_kwargs))
            try:
                came_args, came_kwargs = after(answer, sent_args, sent_kwargs)
            except Violation:
                self._session.end()
                raise
            known = self._parameters.get(name, [])
            names = known[: len(args)] + [f"number {i + 1}" for i in range(len(known), len(args))]
            sent, came = (dict(zip(names, values, strict=True)) for values in (sent_args, came_args))
            self._accept(name, sent | sent_kwargs, came | came_kwargs)
            return answer["result"]

        return call

    def _accept(self, name: str, sent: dict, came: dict) -> None:
        """Fails a function that changed an argument; copies what it was allowed to change into the sent tensors."""
        for parameter, value in sent.items():
            if parameter in self._mutates:
                update(value, came[parameter])
            elif wire.encode(value) != wire.encode(came[parameter]):
                raise changed(name, parameter)


class Reference(Local):
    """A check's own reference as its student, held to what holds for students: what is sent must be able to travel."""

    def probe(self, function: Callable[..., object], **tensors: object) -> object:
        source_of(function)
        return Local(self._functions, self._mutates).probe(function, **plain(tensors))

    def __getattr__(self, name: str) -> Callable[..., object]:
        function = super().__getattr__(name)
        return lambda *arguments: function(*plain(list(arguments)))


def plain(value: object) -> object:
    """The value itself, if all of it can cross the wire; TypeError names the cure for what cannot."""
    if b'["opaque", ' in wire.encode(value):
        raise TypeError("a check sends only numbers, text, lists, dicts and tensors: use student.probe for the rest")
    return value


def after(answer: dict, args: list, kwargs: dict) -> tuple[list, dict]:
    """The arguments after the call by position and by name; Violation if they are not those that were sent."""
    came, named = answer.get("args"), answer.get("kwargs")
    if not isinstance(came, list) or not isinstance(named, dict):
        raise Violation("the reply does not return the arguments")
    if len(came) != len(args) or named.keys() != kwargs.keys():
        raise Violation("the reply does not return the arguments")
    return came, named


def update(sent: object, came: object) -> None:
    """Writes new values into the sent tensors; AssertionError where type, shape or dtype is not as before."""
    if isinstance(sent, Tensor) and isinstance(came, Tensor) and (sent.shape, sent.dtype) == (came.shape, came.dtype):
        sent.data.copy_(came)
    elif isinstance(sent, list) and isinstance(came, list) and len(sent) == len(came):
        for old, new in zip(sent, came, strict=True):
            update(old, new)
    elif isinstance(sent, dict) and isinstance(came, dict) and sent.keys() == came.keys():
        for key, old in sent.items():
            update(old, came[key])
    elif wire.encode(sent) != wire.encode(came):
        raise AssertionError(f"an argument became another kind of value ({type(came).__name__}): update it in place")


@functools.cache
def source_of(function: Callable[..., object]) -> str:
    """Source of a probe, which must stand alone but for torch; TypeError names the globals that the child lacks."""
    missing = sorted(global_names(function.__code__) - vars(builtins).keys() - {function.__name__, "torch"})
    if missing or function.__closure__:
        raise TypeError(f"the probe {function.__name__} uses {', '.join(missing) or 'a closure'}: import it inside")
    return textwrap.dedent(inspect.getsource(function))


def global_names(code: types.CodeType) -> set[str]:
    """Names that a function and the functions inside it look up outside themselves."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return names.union(*(global_names(part) for part in code.co_consts if isinstance(part, types.CodeType)))
