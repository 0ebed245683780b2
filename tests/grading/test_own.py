"""A student's own check says what the notebook says, survives what they wrote, and a bundle holds what they need."""

import json
import sys
import zipfile

import pytest
from typer.testing import CliRunner

from coursekit.build import ROOT
from coursekit.cli import app
from coursekit.grading import own
from coursekit.grading.bundle import bundle

SOLUTION = (ROOT / "solutions" / "right" / "00_start_here.py").read_text(encoding="utf-8")


CASES = [
    ("00_start_here.py", SOLUTION, "passed", ""),
    ("00_start_here.py", "def warmup_bce(a, b): raise NotImplementedError", "not_started", "is not started yet"),
    ("00_start_here.py", "def warmup_bce(a, b): return a.sum()", "failed", "expected"),
    ("00_start_here.py", "x = 1", "failed", "there is no such function"),
    ("00_start_here.py", "1 / 0", "failed", "loading stopped in line 1 of your file, `1 / 0`, with ZeroDivisionError"),
    ("00_start_here.ipynb", "no notebook", "failed", "is not a notebook"),
]


@pytest.mark.parametrize(("name", "text", "status", "words"), CASES)
def test_a_file_is_told_what_its_notebook_would_be_told(name, text, status, words, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    own.main(str(tmp_path / name), "test_00_start_here", str(tmp_path / "report"), ["warmup_bce"])
    [line] = (tmp_path / "report").read_text(encoding="utf-8").splitlines()[1:]
    assert json.loads(line)[:2] == ["warmup_bce", status] and words in json.loads(line)[2]


@pytest.mark.parametrize("name", ["homework.py", "98_unknown.py", "00_missing.ipynb"])
def test_what_is_no_exercise_is_told_the_names_that_are(name, tmp_path, capsys):
    (tmp_path / name.replace("00_missing", "else")).write_text(SOLUTION, encoding="utf-8")
    assert own.check(tmp_path / name) == 2 and "named as it was handed out" in capsys.readouterr().out


def test_a_right_answer_passes_in_a_process_of_its_own(tmp_path, capsys):
    (tmp_path / "00_start_here.py").write_text(SOLUTION, encoding="utf-8")
    assert own.check(tmp_path / "00_start_here.py") == 0
    assert capsys.readouterr().out == "✓ 00.warmup_bce passed: 2 points.\n2 of 2 points\n"


@pytest.mark.slow
def test_an_exit_and_a_loop_cost_their_own_checks(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(own, "CLOCK_SECONDS", 10.0)
    path = tmp_path / "03_minimax_theory.py"
    text = (ROOT / "solutions" / "right" / path.name).read_text(encoding="utf-8")
    text += "\n\ndef smoothed_optimal_discriminator(*a):\n    while True: pass\n"
    text += "\n\ndef jsd_from_discriminator(*a):\n    import os; os._exit(0)\n"
    path.write_text(text, encoding="utf-8")
    assert own.check(path) == 1
    said = capsys.readouterr().out
    assert "✗ 03.smoothed_optimal_discriminator: no answer after 10 s" in said and said.endswith("8 of 14 points\n")
    assert "✗ 03.jsd_from_discriminator: it ended the process (exit code 0)" in said


def test_what_holds_the_answers_is_told_before_the_grader_does(tmp_path):
    cells = [["from coursekit.theory import js_divergence", ""]]
    assert own.forbidden(cells, ("coursekit.widgets", "coursekit.theory")) == "coursekit.theory"
    assert own.forbidden([["x = 'import coursekit.theory'", ""]], ("coursekit.theory",)) == ""


def test_check_takes_a_file_and_passes_everything_else_to_the_tests(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr("coursekit.grading.own.check", lambda file: called.append(file.name) or 1)
    monkeypatch.setattr("coursekit.cli.suite.run_all", lambda stages: called.append(stages[1].commands[0][-2:]))
    assert CliRunner().invoke(app, ["check", str(tmp_path / "03_x.ipynb")]).exit_code == 1
    CliRunner().invoke(app, ["check", "-k", "losses"])
    assert called == ["03_x.ipynb", ["-k", "losses"]]


def test_a_class_is_not_graded_outside_linux_and_the_way_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    answer = CliRunner().invoke(app, ["grade", str(tmp_path), "--out", str(tmp_path)])
    assert answer.exit_code == 4 and "docker run" in answer.output


def test_a_bundle_holds_the_notebook_and_how_to_work_on_it_and_has_equal_bytes(tmp_path):
    notebook = ROOT / "exercises" / "03_minimax_theory.ipynb"
    path = bundle(notebook, tmp_path / "a")
    assert path.read_bytes() == bundle(notebook, tmp_path / "b").read_bytes()
    with zipfile.ZipFile(path) as zipped:
        assert zipped.namelist() == ["03_minimax_theory/03_minimax_theory.ipynb", "03_minimax_theory/README.md"]
        assert zipped.read("03_minimax_theory/03_minimax_theory.ipynb") == notebook.read_bytes()
        readme = zipped.read("03_minimax_theory/README.md").decode()
    points = sum(one["points"] for one in json.loads(notebook.read_text())["metadata"]["coursekit"]["exercises"])
    assert f"| {points} |" in readme and "python -m coursekit check work/03_minimax_theory.ipynb" in readme
