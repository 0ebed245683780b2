"""`coursekit test` and `check`: which stages there are, what they run, and the one exit code."""

import sys

import pytest
import typer

from coursekit.build.calibration import Row
from coursekit.cli import budgets, suite


def arguments(stages, name):
    return next(stage.commands[0] for stage in stages if stage.name == name)


def python_stage(name, code):
    return suite.Stage(name, [["timeit", "-n", "1", "-r", "1", code]])


def test_a_failed_stage_stops_no_other_and_fails_the_whole(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    with pytest.raises(typer.Exit) as ended:
        suite.run_all([python_stage("first", "raise SystemExit(3)"), python_stage("second", "print('ran')")])
    shown = capfd.readouterr().out
    assert ended.value.exit_code == 1
    assert "ran" in shown and "failed" in shown and "passed" in shown


def test_stages_that_all_pass_end_with_0(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    with pytest.raises(typer.Exit) as ended:
        suite.run_all([python_stage("only", "pass")])
    assert ended.value.exit_code == 0


def test_stages_run_offline_in_the_fast_profile(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setenv("COURSEKIT_OFFLINE", "0")
    monkeypatch.setenv("COURSEKIT_PROFILE", "full")
    shown = "import os; print(os.environ['COURSEKIT_OFFLINE'], os.environ['COURSEKIT_PROFILE'])"
    assert suite.run(python_stage("only", shown)).passed
    assert "1 fast" in capfd.readouterr().out


def test_the_unit_stage_leaves_slow_tests_and_other_stages_out_and_passes_flags_on():
    command = arguments([suite.unit(suite.QUICK, ["-k", "losses"])], "unit")
    assert command[-2:] == ["-k", "losses"] and "tests" in command
    assert command[command.index("-n") + 1] in ("1", "2", "3", "4")
    assert "not slow and not gpu" in command and "--ignore=tests/browser" in command


def test_only_what_exists_becomes_a_stage(tmp_path):
    assert suite.course_stages(tmp_path, suite.QUICK) == []
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "03_x.ipynb").touch()
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "tests" / "browser" / "test_lab.py").touch()
    stages = suite.course_stages(tmp_path, suite.QUICK)
    assert [stage.name for stage in stages] == ["lectures", "browser"]
    lectures = arguments(stages, "lectures")
    assert "--nbval-lax" in lectures and lectures[-1] == "notebooks/03_x.ipynb"
    assert ["coursekit.cli.budgets"] in stages[0].commands


def test_the_report_of_a_stage_is_counted_in_words(tmp_path, monkeypatch):
    test_file = tmp_path / "test_three.py"
    test_file.write_text(
        "import pytest\n"
        "def test_a(): pass\ndef test_b(): pass\ndef test_c(): assert 0\ndef test_d(): pytest.skip('x')\n"
    )
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    outcome = suite.run(suite.pytest_stage("three", [str(test_file), "-p", "no:cacheprovider"]))
    assert outcome.counts == "2 passed, 1 failed, 1 skipped" and not outcome.passed


def test_a_stage_without_a_report_has_no_counts(tmp_path):
    assert suite.counts(tmp_path, None) == suite.counts(tmp_path, suite.REPORTS / "none.xml") == ""


@pytest.mark.parametrize(("seconds", "code"), [(50.0, 0), (500.0, 1)])
def test_a_lecture_beyond_its_gate_fails_its_stage_and_is_named(tmp_path, monkeypatch, capsys, seconds, code):
    (tmp_path / suite.REPORTS).mkdir(parents=True)
    (tmp_path / suite.REPORTS / "lectures.xml").touch()
    monkeypatch.setattr(budgets, "ROOT", tmp_path)
    row = Row("03_minimax_theory", seconds, 90.0, 270.0)
    monkeypatch.setattr("coursekit.build.calibration.check_budgets", lambda report, sources: [row])
    assert budgets.main() == code
    assert ("too slow" in capsys.readouterr().out) == bool(code)


def test_lectures_without_a_report_fail_their_budgets(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(budgets, "ROOT", tmp_path)
    assert budgets.main() == 1
    assert "not run to their end" in capsys.readouterr().out


def test_commands_run_in_the_present_interpreter(monkeypatch):
    seen = []
    monkeypatch.setattr(suite.subprocess, "call", lambda command, **_: seen.append(command) or 0)
    suite.run(suite.lint())
    assert seen == [[sys.executable, "-m", *command] for command in suite.lint().commands]
