"""What a check can say: the exceptions that carry its message, and the comparisons that find them.

A message says what was asked, what was expected, what came, and which mistake this looks like. The mistake is found by
making it: `looks_like` maps a sentence to the value that the mistake would give, or to a question about the answer.
"""

from collections.abc import Callable, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

TOLERANCE = 1e-9  # absolute and relative, for answers in float64; the numbers are of the order of 1
COARSE = 2e-6  # for answers in float32 and less, which hold seven digits
ENTRIES = 6  # a tensor with more is described, not listed
NO_HINTS: Mapping[str, object] = {}


class Mistake(AssertionError):
    """A check that failed; its text is the whole message to the student."""


class NotStarted(Mistake):
    """The function is still a stub."""

    def __init__(self, name: str):
        super().__init__(f"{name} is not started yet")


class Raised(Mistake):
    """The student's code raised, or cannot be called so; `kind` is the name of the exception's type.

    Whoever answers for a student gives its errors a `kind`: that is how the comparisons below tell them from ours.
    """

    def __init__(self, text: str, kind: str):
        super().__init__(text)
        self.kind = kind


def changed(name: str, parameter: str) -> Mistake:
    """The Mistake of a function that changed an argument."""
    cure = "compute a new tensor (`x = x * 2` for `x *= 2`, `clamp` for `clamp_`, or start from `x.clone()`)"
    return Mistake(f"{name} changed its argument {parameter} in place. Whoever calls it still needs that: {cure}.")


def exercise(points: int, stand_in: Callable, mutates: tuple[str, ...] = ()) -> Callable:
    """A decorator that notes on a check what it is worth, which function a notebook goes on with until the student's
    passes, and the names of the arguments that the student's function may change.

    As attributes and not as pytest's markers: a notebook does without pytest.
    """

    def note(check):
        check.points, check.stand_in, check.mutates = points, stand_in, mutates
        return check

    return note


def expect(student, name: str, wanted: Tensor, looks_like: Mapping[str, object] = NO_HINTS, /, **arguments) -> None:
    """Ask `student` for name(*arguments) and compare the answer with `wanted`; the first that differs is a Mistake."""
    got = getattr(student, name)(*arguments.values())
    close(got, wanted, f"{name}({', '.join(arguments)})", looks_like, arguments)


def expect_error(student, name: str, kind: str, why: str, /, **arguments) -> None:
    """Ask `student` for name(*arguments), which must raise the exception `kind`; `why` is the hint if it does not."""
    call = asked(f"{name}({', '.join(arguments)})", arguments)
    try:
        got = getattr(student, name)(*arguments.values())
    except Exception as error:
        if not hasattr(error, "kind"):
            raise
        if error.kind == kind:
            return
        raise Mistake(f"{call}\nexpected a {kind}, got another error. {error}\n{why}") from None
    raise Mistake(f"{call}\nexpected a {kind}, got {shown(got)}.\n{why}")


@contextmanager
def explain(why: str):
    """Add the hint `why` to whatever error the student's code raises inside the block."""
    try:
        yield
    except Exception as error:
        if not hasattr(error, "kind"):
            raise
        raise Mistake(f"{error}\n{why}") from None


def close(got: object, wanted: Tensor, call: str, looks_like: Mapping[str, object], arguments: Mapping) -> None:
    """Raise a Mistake unless `got` is a tensor (for a scalar also a number) of wanted's shape and values."""
    question = asked(call, arguments)
    wanted = torch.as_tensor(wanted, dtype=torch.float64)
    value = as_tensor(got, wanted, question)
    if value.shape != wanted.shape:
        came = f"expected {form(wanted)}, got {form(value)}."
    else:
        tolerance = COARSE if isinstance(got, Tensor) and got.dtype != torch.float64 else TOLERANCE
        good = torch.isclose(value, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)
        if good.all():
            return
        came = difference(value, wanted, good, arguments)
    hint = next((text for text, wrong in looks_like.items() if is_like(value, wrong)), plain_hint(value, wanted))
    raise Mistake("\n".join(filter(None, [question, came, hint])))


def as_tensor(got: object, wanted: Tensor, question: str) -> Tensor:
    """The answer as a float64 tensor; a Mistake if it is neither a tensor of numbers nor, for a scalar, a number."""
    if isinstance(got, Tensor) and not got.is_complex():
        return got.detach().to("cpu", torch.float64)
    if isinstance(got, (int, float)) and wanted.dim() == 0:
        return torch.tensor(got, dtype=torch.float64)
    hint = "Is there a `return`?" if got is None else "Return a tensor."
    raise Mistake(f"{question}\nexpected {form(wanted)}, got {shown(got)}.\n{hint}")


def difference(value: Tensor, wanted: Tensor, good: Tensor, arguments: Mapping) -> str:
    """Expected and got, for a tensor at the first entry that differs, with the arguments' entries there."""
    if value.dim() == 0:
        return "expected {}, got {}.".format(*two_numbers(wanted.item(), value.item()))
    at = tuple((~good).nonzero()[0].tolist())
    same = {n: x[at].item() for n, x in arguments.items() if isinstance(x, Tensor) and x.shape == wanted.shape}
    where = ", where " + ", ".join(f"{name} = {x:.4g}" for name, x in same.items()) if same else ""
    pair = two_numbers(wanted[at].item(), value[at].item())
    return "at entry {}{}: expected {}, got {}.".format(", ".join(map(str, at)), where, *pair)


def is_like(value: Tensor, wrong: object) -> bool:
    """Whether the answer is what a mistake gives: its value, or what its question says yes to."""
    if callable(wrong):
        return bool(wrong(value))
    wrong = torch.as_tensor(wrong, dtype=torch.float64)
    return value.shape == wrong.shape and torch.allclose(value, wrong, rtol=1e-6, atol=1e-9, equal_nan=True)


def not_finite(value: Tensor) -> bool:
    """A question for `looks_like`: is a nan or an infinity in the answer?"""
    return not value.isfinite().all()


def anything(value: Tensor) -> bool:
    """A question for `looks_like`: yes, whatever the answer, for a hint that the inputs alone suggest."""
    return True


def plain_hint(value: Tensor, wanted: Tensor) -> str:
    """The hint that needs no knowledge of the exercise, or nothing."""
    if value.shape != wanted.shape:
        if value.dim() > wanted.dim() > 0:
            return "Shapes (N,) and (N, 1) together make an N x N table: bring them to one shape first."
        return "One number is asked for: a sum or a mean is missing." if wanted.dim() == 0 else ""
    if not_finite(value) and not not_finite(wanted):
        return "Look for 0 * log(0), 0 / 0, a logarithm of a rounded 0, or an overflow of exp."
    if torch.allclose(value, -wanted, rtol=1e-6):
        return "The size is right and the sign is not: a minus was lost, or is one too many."
    return ""


def asked(call: str, arguments: Mapping) -> str:
    """The question as the student can ask it again: the call and its arguments."""
    return f"{call} with " + ", ".join(f"{name} = {shown(value)}" for name, value in arguments.items())


def shown(value: object) -> str:
    """A value in a few words: short tensors entry by entry, larger ones by form and range, other things by type."""
    if isinstance(value, Tensor) and 0 < value.numel() <= ENTRIES:
        return listed(value.tolist())
    if isinstance(value, Tensor):
        extent = f" from {value.min().item():.4g} to {value.max().item():.4g}" if value.numel() else ""
        return form(value) + extent
    if value is None or isinstance(value, (int, float)):
        return listed(value)
    return f"a {getattr(value, 'name', type(value).__name__)}"


def listed(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(listed, value)) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def form(value: Tensor) -> str:
    return f"a tensor of shape {tuple(value.shape)}" if value.dim() else "one number"


def two_numbers(wanted: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart."""
    pairs = [(f"{wanted:.{digits}g}", f"{got:.{digits}g}") for digits in (6, 9, 17)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[-1])
