"""A submission in a child: calls, limits, fresh starts, probes, and arguments that may or may not change."""

import os
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from coursekit.grading import sandbox, wire
from coursekit.grading.intake import Submission
from coursekit.grading.sandbox import SandboxError
from coursekit.grading.session import Crashed, Limits, NotStarted, Raised, Session, TimedOut, Violation
from coursekit.grading.student import Reference, Student
from coursekit.grading.zygote import Zygote

SOURCE = """
import os, time, torch
calls = 0
def count():
    global calls
    calls += 1
    return calls
def double(x): return 2 * x
def zero(x, other=None): x.zero_(); return x
def stub(x): raise NotImplementedError
def fails(x): return 1 / 0
def dies(): os._exit(0)
def spins():
    while True: pass
def sleeps(): time.sleep(1000)
def draws(): return torch.rand(3)
def grows(x): x.append(1)
def speaks(): print("hello"); return 1
def forges(): os.write(3, b"\\xff" * 8); time.sleep(9)
def net(): return torch.nn.Linear(2, 1)
def weighted(x): return torch.nn.functional.binary_cross_entropy(x, x, weight=x)
def modules(): import sys; return len(sys.modules)
"""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    level = "none" if sandbox.obstacle("landlock") else "landlock"
    with Zygote(level) as zygote:
        yield zygote


@pytest.fixture
def session(zygote: Zygote) -> Iterator[Session]:
    session = Session(zygote, Submission("ann", [[SOURCE, ""]]), (), Limits(call=1.0, load=5.0, clock=30.0))
    yield session
    session.end()


@pytest.fixture
def student(session: Session) -> Student:
    return Student(session, seed=3)


def test_a_call_returns_what_the_function_returns_and_state_lasts(student):
    assert torch.equal(student.double(torch.arange(3)), torch.tensor([0, 2, 4]))
    assert [student.count(), student.count(), student.count()] == [1, 2, 3]
    assert student.net() == wire.Opaque("Linear")


def test_a_loss_with_weights_imports_nothing_more_in_the_child(student):
    """In a fresh process it imports half a thousand modules of sympy, half a second of the student's time."""
    before = student.modules()
    assert student.weighted(torch.tensor([0.5])).item() == pytest.approx(0.5 * 0.6931472)
    assert student.modules() == before > 500


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("dies", Crashed, "exit code 0"),
        ("spins", TimedOut, "1 s of computing"),
        ("forges", Violation, "protocol"),
    ],
)
def test_after_a_crash_a_timeout_or_a_violation_the_next_call_gets_a_fresh_child(student, name, fault, words):
    assert student.count() == 1
    with pytest.raises(fault, match=words):
        getattr(student, name)()
    assert student.count() == 1


def test_a_sleeping_function_is_ended_by_the_clock(session):
    session.limits = Limits(call=30.0, clock=1.0)
    begun = time.monotonic()
    session.begin()
    with pytest.raises(TimedOut, match="no answer after 1 s"):
        Student(session, 0).sleeps()
    assert time.monotonic() - begun < 20


def test_errors_name_the_kind_and_the_line_and_a_stub_is_not_started(student):
    with pytest.raises(NotStarted):
        student.stub(1)
    with pytest.raises(
        Raised,
        match=r"in line 11 of your file, `def fails\(x\): return 1 / 0`, with ZeroDivisionError: division by zero",
    ) as caught:
        student.fails(1)
    assert caught.value.kind == "ZeroDivisionError"
    with pytest.raises(Raised, match="There is no function"):
        student.nothing_of_that_name()


def test_a_submission_that_does_not_load_fails_each_check_and_is_loaded_once(zygote):
    session = Session(zygote, Submission("ann", [["import os\n1 / 0", ""]]))
    for _ in range(2):
        with pytest.raises(Raised, match="loading stopped in line 2 of your file, `1 / 0`, with ZeroDivisionError"):
            Student(session, 0).f()
        assert session.pid == 0
    refused = Session(zygote, Submission("bob", refused="the file is a pipe"))
    with pytest.raises(Raised, match="is a pipe"):
        Student(refused, 0).f()


def test_a_function_that_changes_its_argument_fails_unless_it_may(student, session):
    x = torch.ones(3)
    with pytest.raises(AssertionError, match="zero changed its argument number 1 in place"):
        student.zero(x)
    assert torch.equal(x, torch.ones(3))
    with pytest.raises(AssertionError, match="argument x in place"):
        student.zero(x=x)
    known = {"zero": ["x", "other"]}
    with pytest.raises(AssertionError, match="argument x in place"):
        Student(session, 0, ("other",), known).zero(x, torch.ones(1))
    Student(session, 0, ("x",), known).zero(x, torch.ones(1))
    assert torch.equal(x, torch.zeros(3))
    with pytest.raises(AssertionError, match="argument number 1 in place"):
        student.grows([torch.ones(1)])


def test_random_numbers_are_the_same_at_every_grading(session):
    assert torch.equal(Student(session, 5).draws(), Student(session, 5).draws())
    assert not torch.equal(Student(session, 5).draws(), Student(session, 6).draws())


def test_what_it_prints_is_kept_up_to_a_limit(session):
    assert Student(session, 0).speaks() == 1
    assert session.text() == "hello\n"


def layer_probe(student: Student, x: torch.Tensor) -> dict:
    net = student.net()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(0.5)
    return {"out": net(x), "names": [name for name, _ in net.named_parameters()]}


def test_a_probe_gives_the_same_in_the_child_and_here(student):
    x = torch.tensor([[1.0, 2.0]])
    there = student.probe(layer_probe, x=x)
    here = Reference({"net": lambda: torch.nn.Linear(2, 1)}).probe(layer_probe, x=x)
    assert torch.equal(there["out"], here["out"]) and there["out"].item() == 2.0
    assert there["names"] == here["names"] == ["weight", "bias"]


def global_probe(student: Student) -> object:
    return textwrap.dedent(student.text)


def test_a_probe_that_needs_its_file_and_arguments_that_are_no_data_are_told_to_the_author(student):
    """By the reference too, which is asked before any submission is graded."""
    for one in (student, Reference({"double": lambda x: x})):
        with pytest.raises(TypeError, match="uses textwrap"):
            one.probe(global_probe)
        with pytest.raises(TypeError, match="probe"):
            one.double(torch.nn.Linear(1, 1))


def test_missing_names_in_a_probe_read_as_missing(zygote):
    session = Session(zygote, Submission("ann", [["x = 1", ""]]))
    with pytest.raises(Raised, match="There is no function"):
        Student(session, 0).probe(layer_probe, x=torch.zeros(1, 2))
    session.end()


def forged(answer: dict, call: Callable[[Student], object], session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "exchange", lambda request, seconds: answer)
    call(Student(session, 0))


@pytest.mark.parametrize(
    "arguments",
    [{}, {"args": []}, {"args": 3, "kwargs": {}}, {"args": [1, 2], "kwargs": {}}, {"args": [1], "kwargs": {"a": 1}}],
)
def test_a_reply_without_the_arguments_is_a_violation_and_ends_the_child(session, monkeypatch, arguments):
    session.begin()
    with pytest.raises(Violation, match="arguments"):
        forged({"status": "returned", "result": 1} | arguments, lambda student: student.double(1), session, monkeypatch)
    assert session.pid == 0


def test_a_hidden_module_is_refused_with_its_name(zygote):
    source = "def f():\n    import coursekit.theory\ndef g():\n    return 1"
    session = Session(zygote, Submission("ann", [[source, ""]]), ("coursekit.theory",))
    with pytest.raises(Violation, match="coursekit.theory"):
        Student(session, 0).f()
    assert Student(session, 0).g() == 1
    session.end()


def test_closing_the_zygote_leaves_no_process_and_later_use_is_our_error():
    zygote = Zygote("none")
    session = Session(zygote, Submission("ann", [[SOURCE, ""]]))
    session.begin()
    told = Path(f"/proc/{zygote.launched.process.pid}/task/{zygote.launched.process.pid}/children").read_text()
    [server] = told.split()
    told = Path(f"/proc/{server}/task/{server}/children").read_text()
    children = [int(pid) for pid in told.split()]
    assert len(children) == 1
    zygote.close()
    assert not any(os.path.exists(f"/proc/{pid}") for pid in [zygote.launched.process.pid, server, *children])
    with pytest.raises(SandboxError, match="gone"):
        session.end()
