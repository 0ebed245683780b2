"""The command line as a whole: cheap to import, errors as sentences, exercises copied and never overwritten."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import coursekit.cli
from coursekit.cli import app, clone, course, lab


@pytest.fixture
def exercises(tmp_path, monkeypatch):
    """A clone with two exercises."""
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(clone, "ROOT", tmp_path)
    (tmp_path / "exercises").mkdir()
    for name in ("03_minimax", "12_wasserstein"):
        (tmp_path / "exercises" / f"{name}.ipynb").write_text(name)
    return tmp_path


def test_the_command_line_starts_without_torch_or_matplotlib():
    code = "import sys, coursekit.cli; print({'torch', 'matplotlib', 'jupyterlab', 'jupytext'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=clone.ROOT)
    assert answer.stdout.strip() == "set()"


def test_every_command_has_a_help_page():
    for command in (
        "lab",
        "start",
        "train",
        "sample",
        "evaluate",
        "generate",
        "upscale",
        "doctor",
        "test",
        "check",
        "grade",
        "release",
    ):
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize("number", ["3", "03", "03_minimax"])
def test_start_copies_the_exercise_of_that_number(exercises, number):
    answer = CliRunner().invoke(app, ["start", number])
    copy = exercises / "work" / "03_minimax.ipynb"
    assert answer.exit_code == 0 and copy.read_text() == "03_minimax" and str(copy) in answer.output.replace("\n", "")


def test_start_never_overwrites_a_copy_and_says_where_it_is(exercises):
    copy = exercises / "work" / "03_minimax.ipynb"
    copy.parent.mkdir()
    copy.write_text("my answer")
    answer = CliRunner().invoke(app, ["start", "3"])
    assert copy.read_text() == "my answer"
    assert "stays as it is" in answer.output and str(copy) in answer.output.replace("\n", "")


@pytest.mark.parametrize("number", ["7", "minimax"])
def test_start_lists_the_exercises_that_exist(exercises, number):
    with pytest.raises(ValueError, match="names 0 exercises.*03_minimax, 12_wasserstein"):
        course.find_exercise(exercises / "exercises", number)


def test_an_explained_error_is_printed_without_a_traceback(exercises, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["coursekit", "start", "7"])
    monkeypatch.delenv("COURSEKIT_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as ended:
        coursekit.cli.main()
    assert ended.value.code == 1 and "names 0 exercises" in capsys.readouterr().err
    monkeypatch.setenv("COURSEKIT_TRACEBACK", "1")
    with pytest.raises(ValueError, match="names 0 exercises"):
        coursekit.cli.main()


def test_an_incomplete_clone_is_named_with_the_cure(exercises):
    with pytest.raises(FileNotFoundError, match="no notebooks/00.*clone the repository"):
        clone.need("exercises", "notebooks/00_start_here.ipynb")


def test_lab_puts_the_settings_of_the_course_first_and_passes_flags_on(monkeypatch):
    seen = {}
    monkeypatch.setattr(lab, "need", lambda *names: None)
    monkeypatch.setattr(lab.os, "name", "posix")
    monkeypatch.setattr(lab.os, "chdir", lambda path: None)
    monkeypatch.setattr(lab.os, "execve", lambda path, command, env: seen.update(command=command, env=env))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    assert CliRunner().invoke(app, ["lab", "--no-browser", "--port", "8899"]).exit_code == 0
    assert seen["command"][-3:] == ["--no-browser", "--port", "8899"]
    assert seen["env"]["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(clone.ROOT / ".jupyter"), "mine"])


def test_lab_allows_root_only_to_root(monkeypatch):
    monkeypatch.setattr(lab.os, "getuid", lambda: 0, raising=False)
    assert "--allow-root" in lab.lab_command([])
    monkeypatch.setattr(lab.os, "getuid", lambda: 1000, raising=False)
    assert "--allow-root" not in lab.lab_command([])
