"""The questions that the check of lesson 01 asks about `Value`, a tape: expressions as text, and what they must give.

Objects do not cross the grader's wire: a probe makes the Values, runs an expression and returns plain numbers. The
oracle is coursekit's own tape, which its tests compare with PyTorch's.
"""

from collections.abc import Mapping
from types import SimpleNamespace

import torch
from torch import Tensor

from coursekit import autograd
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import NO_HINTS, Mistake, NotStarted, anything, asked, close

LIBRARY = SimpleNamespace(Value=autograd.Value)
DEPTH = 200  # operations, as the docstring promises
MAX_CALLS = 5_000  # of functions, in a walk over 17 nodes
RETURN = "An operation returns a new Value. Is there a `return`?"
STOPPED = "Computing with your Values stopped there."
STUB = "A method that this needs is still a stub."
PLAIN_NUMBER = "`other` may be a plain number, on either side: make it a Value first, and keep __radd__ and __rmul__."
START = "A gradient is a number from the start: 0.0."
IN_PLACE = "An operation changed the Value it was given: others still need that. Make a new Value."
NO_SEED = "Every gradient is 0: the walk begins at L itself, whose own gradient is dL/dL = 1."
SEED = "The walk begins with dL/dL = 1, not with the value of L."
FLAT_BELOW = "Below 0 relu is flat: nothing goes back through it there, its slope is 0."
OVERFLOW = "tanh of +-1000 is +-1, and flat there; exp(1000) is too large for a float. `math.tanh` knows."
OVERWRITTEN = "That is one use of a: what comes back along several ways adds up, += and not =."
CHAIN = "That is the slope of a node alone: hand on the slope times the gradient of the node itself."
WRONG_END = "Nothing came back to a and b: a node hands on when it has heard from its children, so begin at L."
TWICE = "c hands on more than once: each node once, when it has heard from all its children."
TOO_EARLY = "c feeds into d and into L, and hands on before it has heard from both: every node after all its children."
LEAVES_CLEARED = "The first pass is lost: a leaf keeps what is in its grad, and backward adds to it."
STALE = "What c keeps from the first pass counts again in the second: the nodes between must begin each pass at 0."
LONG = "One operation at a time is right, long expressions are not: compare each gradient with PyTorch's, line by line."
EVERY_PATH = (
    f"Yours walks along every path: a graph of 17 nodes with 65,536 paths took over {MAX_CALLS} calls. Let each node "
    "hand on once, with all that came in."
)


def run(student, program, answer, leaves):
    """A probe: the numbers that `answer` names, after `program` on a Value for each of the leaves."""
    scope = {name: student.Value(number) for name, number in leaves.items()}
    exec(program, scope)
    got = eval(answer, scope)
    many = got if isinstance(got, tuple) else (got,)
    return [None if number is None else float(number) for number in many]


def calls_of_backward(student, doublings):
    """A probe: how many functions are called on the way back through a graph with 2^doublings paths."""
    import sys

    node = student.Value(1.0)
    for _ in range(doublings):
        node = node + node
    calls, before = [], sys.getprofile()
    sys.setprofile(lambda frame, event, arg: calls.append(1) if "call" in event else None)
    try:
        node.backward()
    finally:
        sys.setprofile(before)
    return len(calls)


def expect_started(student) -> None:
    """Raise NotStarted if the first operation is still a stub."""
    try:
        student.probe(run, program="L = a + a", answer="L.data", leaves={"a": 1.0})
    except Exception as error:
        kind = getattr(error, "kind", None)
        if kind is None:
            raise
        if kind == "NotImplementedError":
            raise NotStarted("Value") from None


def expect_numbers(
    student, program: str, answer: str, leaves: dict, hints: Mapping = NO_HINTS, why: str = STOPPED
) -> None:
    """Compare what `answer` names after `program` with the library's; `why` is the hint if the student's code stops."""
    call = f"{answer} after {'; '.join(program.splitlines())}"
    try:
        got = student.probe(run, program=program, answer=answer, leaves=leaves)
    except Exception as error:
        if not hasattr(error, "kind"):
            raise
        told = STUB if error.kind == "NotImplementedError" else f"{error}\n{why}"
        raise Mistake(f"{asked(call, leaves)}\n{told}") from None
    wanted = numbers(*run(LIBRARY, program, answer, leaves))
    if got == [None] * len(wanted):
        raise Mistake(f"{asked(call, leaves)}\ngot None.\n{START}")
    if isinstance(got, list) and all(isinstance(number, float) for number in got):
        got = numbers(*got)
    one = len(wanted) == 1 and isinstance(got, Tensor) and len(got) == 1
    close(*((got[0], wanted[0]) if one else (got, wanted)), call, hints, leaves)


def expect_operations(student) -> None:
    """The values of the four operations."""
    two = {"a": 2.0, "b": 3.0}
    expect_numbers(student, "L = a + b", "L.data", two, why=RETURN)
    expect_numbers(student, "L = a * b", "L.data", two, why=RETURN)
    logistic = "That is the sigmoid: tanh is 2 sigmoid(2a) - 1, or `math.tanh`."
    expect_numbers(student, "L = a.tanh()", "L.data", {"a": 0.5}, {logistic: torch.sigmoid(numbers(0.5))[0]}, RETURN)
    for number in (1000.0, -1000.0):
        expect_numbers(student, "L = a.tanh()", "L.data", {"a": number}, {OVERFLOW: anything}, OVERFLOW)
    expect_numbers(student, "L = a.relu()", "L.data", {"a": 1.5}, why=RETURN)
    expect_numbers(student, "L = a.relu()", "L.data", {"a": -2.0}, {"relu is max(0, a): below 0 it is 0.": anything})
    everything = "L = a + b; L = a * b; L = a.tanh(); L = a.relu()"
    expect_numbers(student, everything, "a.data, b.data", {"a": -2.0, "b": 3.0}, {IN_PLACE: anything})
    for program in ("L = a + 2", "L = a * 3", "L = 2 + a", "L = 3 * a"):
        expect_numbers(student, program, "L.data", {"a": 0.5}, {PLAIN_NUMBER: anything}, PLAIN_NUMBER)


def expect_slopes(student) -> None:
    """The gradients of single operations."""
    two, both = {"a": 2.0, "b": 3.0}, "a.grad, b.grad"
    expect_numbers(student, "L = a * b", both, two, {START: anything}, START)
    hints = {NO_SEED: numbers(0, 0), SEED: numbers(5, 5)}
    expect_numbers(student, "L = a + b; L.backward()", both, two, hints)
    swapped = "The slopes have changed places: that of a * b with respect to a is b."
    expect_numbers(student, "L = a * b; L.backward()", both, two, {swapped: numbers(2, 3)})
    t = numbers(0.5).tanh()[0]
    hints = {
        "The slope of tanh is 1 - tanh(a)^2: the square of the result, not of the input.": 0.75,
        "That is the slope of the sigmoid, t (1 - t): the slope of tanh is 1 - t^2.": t * (1 - t),
        "The slope of tanh is 1 - t^2: the square is missing.": 1 - t,
        "The slope of tanh is 1 - t^2: a minus, not a plus.": 1 + t * t,
        "That is the value of tanh where its slope, 1 - t^2, belongs.": t,
        "tanh was taken twice: t is tanh(a), and the slope is 1 - t^2.": 1 - t.tanh() ** 2,
    }
    expect_numbers(student, "L = a.tanh(); L.backward()", "a.grad", {"a": 0.5}, hints)
    for number in (1000.0, -1000.0):
        expect_numbers(student, "L = a.tanh(); L.backward()", "a.grad", {"a": number}, {OVERFLOW: anything}, OVERFLOW)
    value = {"That is the value of relu where its slope, 1, belongs.": 1.5}
    expect_numbers(student, "L = a.relu(); L.backward()", "a.grad", {"a": 1.5}, value)
    expect_numbers(student, "L = a.relu(); L.backward()", "a.grad", {"a": -2.0}, {FLAT_BELOW: anything})
    corner = "At 0 exactly the slope is 0, as in PyTorch: > and not >=."
    expect_numbers(student, "L = a.relu(); L.backward()", "a.grad", {"a": 0.0}, {corner: anything})


def expect_walks(student) -> None:
    """Gradients through several nodes, where each mistake in the walk gives a number of its own."""
    one, two, both = {"a": 3.0}, {"a": 2.0, "b": 3.0}, "a.grad, b.grad"
    expect_numbers(student, "L = a + a; L.backward()", "a.grad", one, {OVERWRITTEN: 1})
    expect_numbers(student, "L = a * a; L.backward()", "a.grad", one, {OVERWRITTEN: 3})
    expect_numbers(
        student, "c = a * b; L = c * 4; L.backward()", both, two, {CHAIN: numbers(3, 2), WRONG_END: numbers(0, 0)}
    )
    expect_numbers(student, "L = 2 * a + 3; L.backward()", "a.grad", one, why=PLAIN_NUMBER)
    sign = {"What decides is the sign of a, not that of the gradient: at a > 0 the gradient goes through as it is.": 0}
    expect_numbers(student, "L = a.relu() * -4; L.backward()", "a.grad", {"a": 1.5}, sign)
    expect_numbers(student, "L = a * a + a; L.backward()", "a.grad", one, {OVERWRITTEN: anything})
    hints = {OVERWRITTEN: numbers(3, 2), TWICE: anything}
    expect_numbers(student, "c = a * b; L = c + c; L.backward()", both, two, hints)
    for last in ("c * d", "d * c", "c + d", "d + c"):
        program = f"c = a * b; d = c * 5; L = {last}; L.backward()"
        expect_numbers(student, program, both, two, {TOO_EARLY: anything})
    alike = "c and d are two nodes, though both are 4: tell nodes apart as objects, not by their numbers."
    program = "c = a * b; d = a + b; L = c * d; L.backward()"
    expect_numbers(student, program, both, {"a": 2.0, "b": 2.0}, {alike: anything})
    beside = "c feeds into d too, but L does not come from d: only what L was computed from takes part."
    expect_numbers(student, "c = a * b; d = c * 5; L = c * 4; L.backward()", both, two, {beside: anything})
    expect_numbers(student, "a.backward()", "a.grad", one, {"A leaf is its own result: da/da = 1.": anything})


def expect_passes(student) -> None:
    """Several passes: leaves add up, the nodes between begin anew."""
    two, both = {"a": 2.0, "b": 3.0}, "a.grad, b.grad"
    apart = "L = a * b; M = a * b; L.backward(); M.backward()"
    expect_numbers(student, apart, both, two, {LEAVES_CLEARED: numbers(3, 2)})
    shared = "c = a * b; L = c * 4; M = c * 5; L.backward(); M.backward()"
    expect_numbers(student, shared, both, two, {LEAVES_CLEARED: numbers(15, 10), STALE: anything})
    again = (
        "Called twice on one Value, backward adds the same gradient twice: L itself, too, begins each pass anew, at 1."
    )
    expect_numbers(student, "L = a * b; L.backward(); L.backward()", both, two, {again: anything})


def expect_large_graphs(student) -> None:
    """A deep graph, and one with many paths."""
    deep = f"L = a\nfor _ in range({DEPTH}): L = L + b\nL.backward()"
    why = f"A graph {DEPTH} operations deep must pass: at most a few nested calls for each node."
    expect_numbers(student, deep, "a.grad, b.grad", {"a": 2.0, "b": 3.0}, {OVERWRITTEN: anything}, why)
    calls = student.probe(calls_of_backward, doublings=16)
    if not isinstance(calls, int) or calls > MAX_CALLS:
        raise Mistake(f"backward() on a number that was doubled 16 times, node = node + node\n{EVERY_PATH}")


def expect_long_expressions(student) -> None:
    """Random expressions of 12 operations and more."""
    for _ in range(8):
        leaves = dict(zip("abc", (3 * rand(3) - 1.5).tolist(), strict=True))
        expect_numbers(student, random_program(), "a.grad, b.grad, c.grad", leaves, {LONG: anything})


def random_program() -> str:
    """Twelve operations on a, b, c and earlier results, each free to use a node again, and the way back."""
    forms = (
        "0.5 * ({0} + {1})",
        "({0} + {1}).tanh()",
        "{0}.tanh() * {1}",
        "({0} * {1}).tanh()",
        "{0}.relu() + {1} * -0.5",
    )
    names = ["a", "b", "c"]
    lines = []
    for i in range(12):
        one, two = (names[torch.randint(len(names), ())] for _ in range(2))
        lines.append(f"n{i} = {forms[torch.randint(len(forms), ())].format(one, two)}")
        names.append(f"n{i}")
    return "\n".join([*lines, "L = n11 * n10 + n9 + n8", "L.backward()"])
