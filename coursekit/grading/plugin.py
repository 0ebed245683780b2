"""pytest plugin: `pytest coursekit/checks --submission FILE` runs each check on each submission.

A check file is `test_NN_topic.py`; its functions take the fixture `student` (`student.py`). What one is worth is noted
by `coursekit.checks.judging.exercise` or `@pytest.mark.points(2)`, else 1. A list HIDDEN in a file names the coursekit
modules that hold the answers of its lesson, which a submission cannot import. This module is quick to import, so that
the zygote starts first; the work is done by `grader.py`.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from coursekit.grading import sandbox
from coursekit.grading.launch import launch


class Entry(NamedTuple):
    """A submission to grade: with `lesson`, such as "03", only by the checks of that lesson."""

    name: str
    path: str
    lesson: str = ""
    note: str = ""
    refused: str = ""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("coursekit", "grading submissions")
    group.addoption("--submission", action="append", default=[], metavar="[NAME=]FILE", help=".py or .ipynb to grade")
    group.addoption("--submissions-from", metavar="FILE", help="lines of JSON, each an Entry: for `coursekit grade`")
    group.addoption("--isolation", default="auto", choices=("auto", *sandbox.LEVELS), help="how a submission is locked")
    group.addoption("--results", metavar="FILE", help="append one JSON object per submission to this file")
    group.addoption("--resume", action="store_true", help="continue --results: grade what it does not hold yet")
    group.addoption("--secret", default="", metavar="TEXT", help="from which the random inputs of all checks are drawn")
    group.addoption("--call-seconds", type=float, default=3.0, help="processor time for one call")
    group.addoption("--clock-seconds", type=float, default=60.0, help="time by the clock for one call")
    group.addoption("--zygote", type=int, metavar="FD", help="the socket of a zygote that has been launched")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "points(n): what a check is worth, 1 without the marker")
    entries = [named(entry) for entry in config.option.submission]
    if config.option.submissions_from:
        sandbox.prctl(sandbox.PR_SET_PDEATHSIG, sandbox.SIGKILL)  # a job ends with the command that began it
        lines = Path(config.option.submissions_from).read_text(encoding="utf-8").splitlines()
        entries += [Entry(*json.loads(line)) for line in lines]
    if not entries:
        return
    results = config.option.results
    if results and Path(results).exists() and not config.option.resume:
        raise pytest.UsageError(f"{results} holds results: continue it with --resume, or move it away")
    try:
        level = sandbox.chosen(config.option.isolation)
    except sandbox.SandboxError as error:
        raise pytest.UsageError(str(error)) from None
    launched = None if config.option.zygote else launch(level)
    from coursekit.grading import grader  # imports torch, while the zygote does

    config.pluginmanager.register(grader.Grader(config, entries, level, launched), "coursekit-grader")
    config.pluginmanager.register(grader, "coursekit-fixtures")


def named(entry: str) -> Entry:
    """The entry for a [NAME=]FILE; of a file called 03_topic.py, for the checks of lesson 03."""
    name, equals, path = entry.rpartition("=")
    lesson = re.match(r"(\d\d)_", Path(path).name)
    return Entry(name if equals else Path(path).stem, path, lesson[1] if lesson else "")
