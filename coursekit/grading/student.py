"""The `student` of a check: attributes are the submission's functions, whether they run in a child or right here.

A probe is a plain function `probe(student, **tensors) -> plain data` for what is not a plain call (modules, gradients,
training steps). `student.probe(f, x=x)` runs it beside the submission; a check runs it on the reference and compares.
"""

import builtins
import dis
import inspect
import textwrap
import types
from collections.abc import Callable

from torch import Tensor

from coursekit.grading import wire
from coursekit.grading.session import Session, Violation


class Student:
    """A submission in a child. `student.f(x)` sends x, runs f there, and returns its result as plain data.

    A call that changes its arguments fails, unless they are named by `student.mutating(0, "weights").f(...)`: then the
    tensors that were passed get the new values, as in a plain call.
    """

    def __init__(self, session: Session, seed: int, mutates: tuple[int | str, ...] = ()):
        self._session, self._seed, self._mutates = session, seed, mutates

    def mutating(self, *arguments: int | str) -> "Student":
        """The same student, whose next calls may change the arguments at these positions or of these names."""
        return Student(self._session, self._seed, arguments)

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
                came = after(answer, sent_args, sent_kwargs)
            except Violation:
                self._session.end()
                raise
            self._accept(name, dict(enumerate(sent_args)) | sent_kwargs, came)
            return answer["result"]

        return call

    def _accept(self, name: str, sent: dict, came: dict) -> None:
        """Fails a function that changed an argument; copies what it was allowed to change into the sent tensors."""
        for argument, value in sent.items():
            if argument in self._mutates:
                update(value, came[argument])
            elif wire.encode(value) != wire.encode(came[argument]):
                which = f"argument {argument + 1}" if isinstance(argument, int) else f"argument {argument}"
                raise AssertionError(f"{name} changes its {which} in place: work on a copy, the caller still needs it")


class LocalStudent:
    """The same interface over functions of this process: what a notebook's check uses, and the reference's side."""

    def __init__(self, functions: dict[str, object]):
        self._functions = functions

    def mutating(self, *arguments: int | str) -> "LocalStudent":
        return self

    def probe(self, function: Callable[..., object], **tensors: object) -> object:
        return function(self, **tensors)

    def __getattr__(self, name: str) -> object:
        try:
            return self._functions[name]
        except KeyError:
            raise AttributeError(f"{name} is not defined") from None


def plain(value: object) -> object:
    """The value itself, if all of it can cross the wire; TypeError names the cure for what cannot."""
    if b'["opaque", ' in wire.encode(value):
        raise TypeError("a check sends only numbers, text, lists, dicts and tensors: use student.probe for the rest")
    return value


def after(answer: dict, args: list, kwargs: dict) -> dict:
    """The arguments after the call by position and name; Violation if there are not as many as were sent."""
    came, named = answer.get("args"), answer.get("kwargs")
    if not isinstance(came, list) or not isinstance(named, dict):
        raise Violation("the reply does not return the arguments")
    if len(came) != len(args) or named.keys() != kwargs.keys():
        raise Violation("the reply does not return the arguments")
    return dict(enumerate(came)) | named


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


def source_of(function: Callable[..., object]) -> str:
    """Source of a probe, which must stand alone; TypeError names the globals that it would miss in the child."""
    missing = sorted(global_names(function.__code__) - vars(builtins).keys() - {function.__name__})
    if missing or function.__closure__:
        raise TypeError(f"the probe {function.__name__} uses {', '.join(missing) or 'a closure'}: import it inside")
    return textwrap.dedent(inspect.getsource(function))


def global_names(code: types.CodeType) -> set[str]:
    """Names that a function and the functions inside it look up outside themselves."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return names.union(*(global_names(part) for part in code.co_consts if isinstance(part, types.CodeType)))
