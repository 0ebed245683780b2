"""The start of `python -m coursekit`: when .venv is made, and the sentences that name what is missing."""

import ast
import collections
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coursekit import __main__ as bootstrap

Version = collections.namedtuple("Version", "major minor micro releaselevel serial")
OK = [sys.executable, "-c", "pass"]


@pytest.fixture(autouse=True)
def environment_is_to_be_made(monkeypatch):
    monkeypatch.delenv("COURSEKIT_ENV", raising=False)


@pytest.fixture
def clone(tmp_path):
    """A folder that looks like a clone with a finished .venv."""
    (tmp_path / "requirements.lock").write_text("numpy==2.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    python = bootstrap.python_of(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".venv" / bootstrap.STAMP).write_text(bootstrap.fingerprint(tmp_path))
    return tmp_path


@pytest.fixture
def calls(monkeypatch):
    """The command lines that an installation would run, in order; none is run, and pip is there."""
    seen = []
    monkeypatch.setattr(
        bootstrap, "run_shown", lambda command, root, began: seen.append([str(part) for part in command])
    )
    monkeypatch.setattr(bootstrap, "has_pip", lambda root: True)
    return seen


def test_importing_the_start_touches_only_the_standard_library():
    code = (
        "import sys; before = set(sys.modules); import coursekit.__main__;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=bootstrap.ROOT, capture_output=True, text=True, check=True
    )
    assert set(answer.stdout.split()) - {"coursekit"} <= set(sys.stdlib_module_names)


def test_the_start_parses_under_an_old_python():
    for name in ("__main__.py", "__init__.py"):
        tree = ast.parse((bootstrap.ROOT / "coursekit" / name).read_text(), feature_version=(3, 7))
        assert ast.get_docstring(tree)


def test_a_finished_environment_is_ready(clone):
    assert bootstrap.is_ready(clone)


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_file_asks_for_a_new_installation(clone, name):
    (clone / name).write_text("numpy==2.1\n")
    assert not bootstrap.is_ready(clone)


def test_another_python_asks_for_a_new_installation(clone, monkeypatch):
    monkeypatch.setattr(sys, "version_info", Version(3, 99, 0, "final", 0))
    assert not bootstrap.is_ready(clone)


def test_a_moved_clone_asks_for_a_new_installation(clone, tmp_path_factory):
    moved = clone.rename(tmp_path_factory.mktemp("elsewhere") / "clone")
    assert not bootstrap.is_ready(moved)


def test_a_missing_interpreter_asks_for_a_new_installation(clone):
    bootstrap.python_of(clone / ".venv").unlink()
    assert not bootstrap.is_ready(clone)


def test_the_stamp_is_written_after_the_lock_and_the_package_are_installed(clone, calls):
    (clone / ".venv" / bootstrap.STAMP).unlink()
    bootstrap.install(clone)
    lock, package = calls
    assert lock[1:4] == ["-m", "pip", "install"] and lock[-3:] == ["--require-hashes", "-r", "requirements.lock"]
    assert package[-4:] == ["--no-deps", "--no-build-isolation", "-e", "."]
    assert lock[0] == package[0] == str(bootstrap.python_of(clone / ".venv"))
    assert bootstrap.is_ready(clone)


def test_an_installation_that_fails_leaves_no_stamp_of_the_old_one(clone, calls, monkeypatch):
    def fail(command, root, began):
        raise bootstrap.SetupError("pip failed")

    monkeypatch.setattr(bootstrap, "run_shown", fail)
    (clone / "requirements.lock").write_text("numpy==2.1\n")
    with pytest.raises(bootstrap.SetupError):
        bootstrap.install(clone)
    (clone / "requirements.lock").write_text("numpy==2.0\n")
    assert not bootstrap.is_ready(clone)


def test_an_environment_without_pip_is_made_anew(clone, calls, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_pip", lambda root: False)
    monkeypatch.setattr(bootstrap, "check_space", lambda root: None)
    bootstrap.install(clone)
    assert calls[0] == [sys.executable, "-m", "venv", "--clear", str(clone / ".venv")]


def test_an_environment_of_this_python_with_pip_is_kept(clone):
    assert not bootstrap.has_pip(clone)  # the fixture's interpreter is an empty file
    python = bootstrap.python_of(clone / ".venv")
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    assert bootstrap.has_pip(clone)


def test_an_old_python_is_named_with_the_cure(clone, monkeypatch):
    monkeypatch.setattr(sys, "version_info", Version(3, 9, 2, "final", 0))
    with pytest.raises(bootstrap.SetupError, match=r"Python 3\.9\.2 .* needs 3\.11 .*PYTHON=python3\.11"):
        bootstrap.complain(clone)


def test_a_missing_ensurepip_is_named_with_the_package_of_debian(clone, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    with pytest.raises(bootstrap.SetupError, match=f"ensurepip is missing.*sudo apt install {package}"):
        bootstrap.complain(clone)


def test_a_folder_without_the_lock_is_named_with_the_cure(tmp_path):
    with pytest.raises(bootstrap.SetupError, match="no requirements.lock.*top folder of a clone"):
        bootstrap.complain(tmp_path)


def test_a_full_disk_is_named_before_anything_is_made(clone, monkeypatch):
    usage = collections.namedtuple("usage", "total used free")(100e9, 98.5e9, 1.5e9)
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda root: usage)
    with pytest.raises(bootstrap.SetupError, match=r"1\.5 GB free"):
        bootstrap.check_space(clone)


@pytest.mark.parametrize(
    ("printed", "cure"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nNo matching distribution", "network"),
        ("Temporary failure in name resolution", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "pip cache purge"),
        ("ERROR: No matching distribution found for torch==2.15.0", "try another Python"),
        ("ERROR: [Errno 13] Permission denied: 'x'", "who owns the folder"),
        ("something new", "delete the folder .venv"),
    ],
)
def test_what_pip_says_is_answered_with_a_cure(clone, printed, cure):
    assert cure in bootstrap.explain(printed, clone)


def test_a_failed_command_shows_the_end_of_its_output_and_no_other(clone, capsys):
    code = "for i in range(100): print('line', i)\nraise SystemExit('No space left on device')"
    with pytest.raises(bootstrap.SetupError, match="disk is full"):
        bootstrap.run_shown([sys.executable, "-u", "-c", code], clone, time.monotonic())
    shown = capsys.readouterr().err
    assert "line 99" in shown and "line 50" not in shown and "No space left" in shown


def test_a_long_command_shows_its_last_line_while_it_runs(clone, capsys):
    code = "import time; print('Collecting torch', flush=True); time.sleep(1.5)"
    bootstrap.run_shown([sys.executable, "-c", code], clone, time.monotonic(), every=0.05)
    shown = capsys.readouterr().err
    assert "Collecting torch" in shown and " s " in shown


def test_a_long_silence_is_filled_with_what_is_written(clone, capsys):
    code = "import time; print('Installing', flush=True); time.sleep(1.5)"
    bootstrap.run_shown([sys.executable, "-c", code], clone, time.monotonic(), every=0.05)
    assert "GB written so far" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "short"),
    [
        (
            "  Downloading torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl (539.1 MB)",
            "Downloading torch-2.15.0 (539.1 MB)",
        ),
        ("Collecting anyio==4.16.0 (from -r requirements.lock (line 7))", "Collecting anyio==4.16.0"),
        ("Installing " + "x" * 200, "Installing " + "x" * 75 + " ..."),
    ],
)
def test_a_line_of_pip_is_shortened_to_name_and_size(line, short):
    assert bootstrap.shorten(line) == short


def test_a_quiet_success_shows_nothing(clone, capsys):
    bootstrap.run_shown(OK, clone, time.monotonic())
    assert capsys.readouterr().err == ""


def test_the_command_goes_on_inside_the_environment_with_its_flags(clone, monkeypatch):
    seen = []
    monkeypatch.setattr(bootstrap.os, "execv", lambda path, command: seen.append((path, command)))
    bootstrap.prepare(clone, ["lab", "--port", "8899"])
    python = str(bootstrap.python_of(clone / ".venv"))
    assert seen == [(python, [python, "-m", "coursekit", "lab", "--port", "8899"])]


def test_the_current_python_is_used_if_the_environment_variable_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_ENV", "current")
    assert bootstrap.prepare(tmp_path, ["lab"]) is None  # a folder without a lock: anything but a return would raise


def test_inside_the_environment_nothing_is_installed_but_an_old_one_is_named(clone, monkeypatch, capsys):
    monkeypatch.setattr(sys, "prefix", str(clone / ".venv"))
    bootstrap.prepare(clone, ["lab"])
    assert capsys.readouterr().err == ""
    (clone / "requirements.lock").write_text("numpy==2.1\n")
    bootstrap.prepare(clone, ["lab"])
    assert "requirements.lock" in capsys.readouterr().err


def test_a_missing_package_in_the_current_python_is_named_without_a_traceback(tmp_path):
    answer = subprocess.run(
        [sys.executable, "-S", "-m", "coursekit", "doctor"],
        cwd=bootstrap.ROOT,
        env={"COURSEKIT_ENV": "current", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "has no package typer: install" in answer.stderr and "Traceback" not in answer.stderr


def test_the_makefile_has_every_command_of_the_readers():
    makefile = (Path(bootstrap.ROOT) / "Makefile").read_text()
    assert all(f" {target}" in makefile for target in ("lab", "test", "check", "test-all", "build"))
