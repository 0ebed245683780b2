"""`check(id, function)` in a notebook: a short answer, and the function to go on with."""

import importlib
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import torch

from coursekit.checks import progress
from coursekit.checks.judging import Mistake, NotStarted
from coursekit.checks.local import Local

FOLDER = Path(__file__).parent
GRADING = "COURSEKIT_GRADING"  # set in the process that runs a submission for the grader, where no check has a say


def check(exercise: str, function: Callable) -> Callable:
    """Check `function` as the answer to `exercise`, such as "03.js_divergence", and print what came out.

    Returns the function if it passed, else the library's, so that the cells below run either way. Random inputs are
    fresh in every call. Under the grader it returns the function at once: what is graded is the definition.
    """
    if os.environ.get(GRADING):
        return function
    try:
        test = find_check(exercise)
    except LookupError as error:
        print(f"? {error}")
        return function
    status, message = judge(test, exercise, function)
    points = f"{test.points} point{'s' * (test.points != 1)}"
    progress.record(exercise, status)
    if status == "passed":
        print(f"✓ {exercise} passed: {points}.")
        return function
    print(message)
    print(f"Until yours passes, the notebook goes on with {owner(test.stand_in)} {test.stand_in.__name__}.")
    return test.stand_in


def judge(test: Callable, exercise: str, function: Callable) -> tuple[str, str]:
    """("passed", "not_started", "failed" or "stopped") and the words for it."""
    name = exercise.partition(".")[2]
    if not callable(function):
        call = f'check("{exercise}", {name})'
        return (
            "failed",
            f"✗ {exercise}: got {type(function).__name__}, not a function: write {call}, without ( ) after it.",
        )
    student = Local({name: function}, test.mutates)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(secrets.randbits(63))
            test(student)
    except NotStarted:
        return "not_started", f"○ {exercise} is not started yet: write {name} above, run its cell, then this one."
    except Mistake as mistake:
        return "failed", f"✗ {exercise}, not yet.\n" + "\n".join(f"  {line}" for line in str(mistake).splitlines())
    except KeyboardInterrupt:
        return "stopped", f"✗ {exercise}: interrupted before it came to an end."
    except Exception as error:  # an answer that no check foresaw is no reason to show a traceback of ours
        return "stopped", f"✗ {exercise}: {name} returned something that cannot be compared ({type(error).__name__})."
    return "passed", ""


def find_check(exercise: str) -> Callable:
    """The check of an exercise; LookupError, with the exercises that there are, if there is none."""
    match = re.fullmatch(r"(\d\d)\.(\w+)", str(exercise))
    files = sorted(FOLDER.glob(f"test_{match[1]}_*.py")) if match else []
    if not files:
        lessons = ", ".join(sorted(path.name[5:7] for path in FOLDER.glob("test_*.py")))
        raise LookupError(f"There is no exercise {exercise!r}. Lessons that have some: {lessons}.")
    module = importlib.import_module(f"coursekit.checks.{files[0].stem}")
    found = {f"{match[1]}.{name[5:]}": test for name, test in vars(module).items() if hasattr(test, "points")}
    if exercise not in found:
        raise LookupError(f"There is no exercise {exercise!r}. This lesson has {', '.join(found)}.")
    return found[exercise]


def owner(function: Callable) -> str:
    """Whose function this is, in the genitive: coursekit's, or torch's."""
    return f"{(function.__module__ or 'torch').partition('.')[0]}'s"
