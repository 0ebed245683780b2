"""`check` as a reader meets it in a notebook: what it prints, what it returns, and what it leaves alone."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from coursekit import theory
from coursekit.checks import check, progress
from coursekit.checks.judging import Mistake
from coursekit.checks.local import Local
from coursekit.cli import app, course

JSD = "03.js_divergence"


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    """The file of this test's results; the reader's own stays as it is."""
    monkeypatch.setenv(progress.PLACE, str(tmp_path / "work" / "progress.json"))
    monkeypatch.delenv("COURSEKIT_GRADING", raising=False)
    return tmp_path / "work" / "progress.json"


def right(p, q):
    m = (p + q) / 2
    return (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, m)).sum() / 2


def stub(p, q):
    raise NotImplementedError


def in_bits(p, q):
    return right(p, q) / torch.log(torch.tensor(2.0))


def test_a_right_function_passes_in_one_line_and_comes_back(capsys):
    assert check(JSD, right) is right
    assert capsys.readouterr().out == "✓ 03.js_divergence passed: 2 points.\n"


def test_a_stub_is_not_started_and_the_librarys_function_takes_its_place(capsys):
    assert check(JSD, stub) is theory.js_divergence
    assert capsys.readouterr().out == (
        "○ 03.js_divergence is not started yet: write js_divergence above, run its cell, then this one.\n"
        "Until yours passes, the notebook goes on with coursekit's js_divergence.\n"
    )


def test_a_wrong_function_hears_question_expected_got_and_its_mistake(capsys):
    assert check(JSD, in_bits) is theory.js_divergence
    p, q = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]], dtype=torch.float64)
    jsd = theory.js_divergence(p, q).item()
    assert capsys.readouterr().out == (
        "✗ 03.js_divergence, not yet.\n"
        "  js_divergence(p, q) with p = [0.5, 0.3, 0.2], q = [0.1, 0.6, 0.3]\n"
        f"  expected {jsd:.6g}, got {jsd / np.log(2):.6g}.\n"
        "  That is the value in bits: take natural logarithms.\n"
        "Until yours passes, the notebook goes on with coursekit's js_divergence.\n"
    )


def fails_inside_torch(p, q):
    return p + torch.ones(7)


def fails_in_a_helper(p, q):
    return helper(p)


def helper(p):
    raise ValueError("a law of mine\nand more")


def asks_torch_for_what_it_cannot(p, q):
    torch.zeros(2, dtype=torch.complex64).to("meta").item()


class Unreadable(Exception):
    def __str__(self):
        raise RuntimeError


def unreadable(p, q):
    raise Unreadable


def exits(p, q):
    raise SystemExit(3)


def for_ever(p, q):
    return for_ever(p, q)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (fails_inside_torch, "`return p + torch.ones(7)`, with RuntimeError: The size of tensor a"),
        (fails_in_a_helper, '`raise ValueError("a law of mine\\nand more")`, with ValueError: a law of mine\n'),
        (asks_torch_for_what_it_cannot, '`torch.zeros(2, dtype=torch.complex64).to("meta").item()`, with '),
        (unreadable, "with Unreadable: (its message cannot be read)"),
        (exits, "with SystemExit: 3"),
        (for_ever, "with RecursionError"),
        (lambda p: p, "Wrong signature: js_divergence takes (p) and is called with 2 arguments"),
        (lambda: 0, "Wrong signature: js_divergence takes () and is called with 2 arguments"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_error_of_the_readers_own_is_told_by_its_own_line_without_a_traceback(capsys, function, words):
    assert check(JSD, function) is theory.js_divergence
    printed = capsys.readouterr()
    assert words in printed.out and "Traceback" not in printed.out + printed.err
    assert "coursekit/checks" not in printed.out


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "expected one number, got None.\n  Is there a `return`?"),
        ("0.2", "got a str.\n  Return a tensor."),
        ((torch.tensor(0.1),), "got a tuple."),
        (np.zeros(3), "got a ndarray."),
        (torch.tensor(1j), "expected one number, got 1j."),
        (torch.zeros(3), "expected one number, got a tensor of shape (3,).\n  One number is asked for"),
        (torch.zeros(1), "got a tensor of shape (1,)."),
        (float("nan"), "got nan.\n  Look for 0 * log(0)"),
        (torch.tensor(True), "got 1."),
    ],
    ids=str,
)
def test_an_answer_of_another_kind_is_named(capsys, answer, words):
    assert check(JSD, lambda p, q: answer) is theory.js_divergence
    assert words in capsys.readouterr().out


def test_a_number_of_pythons_and_float32_are_good_answers(capsys):
    assert check(JSD, plain := lambda p, q: right(p, q).item()) is plain
    assert check(JSD, single := lambda p, q: right(p, q).float()) is single


def test_an_argument_changed_in_place_is_named(capsys):
    def careless(p, q):
        result = right(p, q)
        q /= 2
        return result

    check(JSD, careless)
    assert "js_divergence changed its argument q in place" in capsys.readouterr().out


@pytest.mark.parametrize("thing", [None, torch.zeros(()), 3.0], ids=["None", "tensor", "number"])
def test_something_that_is_no_function_is_named_with_the_call_to_write(capsys, thing):
    assert check(JSD, thing) is theory.js_divergence
    assert 'write check("03.js_divergence", js_divergence), without ( )' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("03.jsd", "This lesson has 03.optimal_discriminator, 03.js_divergence"),
        ("77.x", "Lessons that have some: 00, 01, 02, 03"),
        ("js", "Lessons that have some"),
        (3, "There is no exercise 3."),
    ],
)
def test_an_unknown_exercise_is_answered_with_those_that_there_are(capsys, name, words):
    assert check(name, right) is right
    assert words in capsys.readouterr().out


def test_an_interrupt_ends_the_check_and_not_the_notebook(capsys):
    def stopped(p, q):
        raise KeyboardInterrupt

    assert check(JSD, stopped) is theory.js_divergence
    assert "interrupted" in capsys.readouterr().out


def test_in_the_graders_child_a_check_does_nothing(capsys, monkeypatch, results):
    monkeypatch.setenv("COURSEKIT_GRADING", "1")
    assert check(JSD, stub) is stub and check("no such", None) is None
    assert capsys.readouterr().out == "" and not results.exists()


def test_a_check_leaves_the_readers_random_numbers_alone(capsys):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    check(JSD, right)
    assert torch.equal(torch.rand(4), expected)


def test_every_check_asks_with_fresh_random_inputs(capsys):
    seen = []

    def remembers(p, q):
        seen.append(p.clone())
        return right(p, q)

    torch.manual_seed(0)
    check(JSD, remembers)
    torch.manual_seed(0)
    check(JSD, remembers)
    half = len(seen) // 2
    assert not all(torch.equal(a, b) for a, b in zip(seen[:half], seen[half:], strict=True))


def test_importing_check_loads_no_oracle_and_no_pytest():
    banned = {
        "coursekit.theory",
        "coursekit.checks.test_03_minimax_theory",
        "pytest",
        "matplotlib",
        "coursekit.grading",
    }
    report = f"import sys; from coursekit.checks import check; print(*sorted({banned!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_the_last_result_counts_but_a_stub_takes_nothing_back(capsys):
    for function, status in ((stub, "not_started"), (in_bits, "failed"), (right, "passed"), (stub, "passed")):
        check(JSD, function)
        assert progress.load() == {JSD: status}
    check(JSD, in_bits)
    assert progress.load() == {JSD: "failed"}


def test_a_file_of_results_that_is_damaged_counts_as_empty(results, capsys):
    results.parent.mkdir()
    for text in ("{", "[1]", '{"03.x": ["passed"]}', '{"03.x": "won"}'):
        results.write_text(text)
        assert progress.load() == {}
    check(JSD, right)
    assert json.loads(results.read_text()) == {JSD: "passed"}


def test_a_folder_that_cannot_be_written_stops_no_check(results, capsys):
    results.parent.write_text("a file where the folder should be")
    assert check(JSD, right) is right


def write_exercises(folder, **points):
    """An exercises/ folder with one notebook, whose exercises are worth these points."""
    facts = [{"id": f"03.{name}", "difficulty": 2, "minutes": 10, "points": worth} for name, worth in points.items()]
    folder.mkdir()
    (folder / "03_toy.ipynb").write_text(json.dumps({"metadata": {"coursekit": {"exercises": facts}}, "cells": []}))


def test_progress_counts_what_is_passed_and_what_is_left(tmp_path, monkeypatch):
    write_exercises(tmp_path / "exercises", easy=2, middle=4, hard=8)
    progress.record("03.easy", "passed")
    progress.record("03.middle", "failed")
    found = progress.rows(tmp_path / "exercises")
    assert [(row.id, row.status, row.earned) for row in found] == [
        ("03.easy", "passed", 2),
        ("03.middle", "failed", 0),
        ("03.hard", "not_started", 0),
    ]
    monkeypatch.setattr(course, "ROOT", tmp_path)
    printed = CliRunner().invoke(app, ["progress"]).output
    assert "2 of 14" in printed and "20 left" in printed and "not started" in printed


def test_progress_of_the_course_lists_every_exercise_with_its_check():
    found = [row.id for row in progress.rows(progress.ROOT / "exercises")]
    assert "00.warmup_bce" in found and JSD in found and len(found) == len(set(found))


class Box:
    """A class of a student's whose method fails."""

    def open(self):
        return torch.zeros(2) + torch.zeros(3)


def test_a_method_that_fails_within_a_probe_is_told_by_its_own_line():
    with pytest.raises(
        Mistake, match=r"stopped in line \d+, `return torch.zeros\(2\) \+ torch.zeros\(3\)`, with Runtime"
    ):
        Local({"Box": Box}).probe(lambda student: student.Box().open())
