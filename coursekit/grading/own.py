"""`coursekit check FILE`: a student's own submission, checked in a process of its own, on any system.

Without isolation, since it is their own work; a function that never ends or ends the process costs its own check. The
checks and their words are those of the notebook.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CLOCK_SECONDS, START_SECONDS = 60.0, 120.0  # for one check; for Python to begin
PASSED, FAILED, USAGE = 0, 1, 2
START = "import sys; from coursekit.grading.own import main; main(*sys.argv[1:4], sys.argv[4:])"


def check(file: Path) -> int:
    """Prints what each check of the file's lesson says; 0 if all passed, 1 if not, 2 if there is nothing to check."""
    number = re.match(r"(\d\d)_", file.name)
    found = sorted((Path(__file__).parents[1] / "checks").glob(f"test_{number[1]}_*.py")) if number else []
    if not file.is_file() or file.suffix not in (".py", ".ipynb") or not found:
        print(f"{file}: give a notebook or .py of an exercise, named as it was handed out: 03_minimax_theory.ipynb")
        return USAGE
    checks = checks_in(found[0].stem)
    results = outcomes(file, found[0].stem, list(checks))
    for name, (_, message) in results.items():
        print(message or f"✓ {number[1]}.{name} passed: {checks[name].points} points.")
    earned = sum(checks[name].points for name, (status, _) in results.items() if status == "passed")
    print(f"{earned} of {sum(test.points for test in checks.values())} points")
    return PASSED if all(status == "passed" for status, _ in results.values()) else FAILED


def checks_in(stem: str) -> dict:
    """The checks of a lesson by the name of the function they are about."""
    module = importlib.import_module(f"coursekit.checks.{stem}")
    return {name[5:]: test for name, test in vars(module).items() if hasattr(test, "points")}


def outcomes(file: Path, stem: str, names: list[str]) -> dict[str, tuple[str, str]]:
    """Status and message by function; a process that is lost costs the check it was at, and a new one goes on."""
    done: dict[str, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        while left := [name for name in names if name not in done]:
            path = Path(folder) / f"{len(done)}.jsonl"
            path.touch()
            command = [sys.executable, "-c", START, str(file), stem, str(path), *left]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=settings())
            why = followed(process, path)
            for name, status, message in map(json.loads, path.read_text(encoding="utf-8").split("\n")[1:-1]):
                done[name] = (status, message)
            if lost := [name for name in left if name not in done]:
                done[lost[0]] = ("stopped", f"✗ {stem[5:7]}.{lost[0]}: {why}")
    return done


def settings() -> dict[str, str]:
    """`check(...)` in the submission does nothing, and no window opens."""
    return dict(os.environ) | {"COURSEKIT_GRADING": "1", "MPLBACKEND": "agg"}


def followed(process: subprocess.Popen, report: Path) -> str:
    """Waits for the end of a process as long as its report grows, and ends it; in words what became of it."""
    size, since = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(0.05)
        if report.stat().st_size != size:
            size, since = report.stat().st_size, time.monotonic()
        if time.monotonic() - since > (CLOCK_SECONDS if size else START_SECONDS):
            process.kill()
            process.wait()
            return f"no answer after {CLOCK_SECONDS:g} s: does a loop never end?"
    return f"it ended the process (exit code {process.returncode})."


def main(file: str, stem: str, report: str, names: list[str]) -> None:
    """Runs the checks of these functions in this process; a line of the report for each, after an empty one."""
    from coursekit.checks.notebook import judge
    from coursekit.grading.child import Submission, guarded, load
    from coursekit.grading.intake import read_submission

    checks = checks_in(stem)  # before the submission, which may change whatever it likes
    Path(report).write_text("\n", encoding="utf-8")  # the clock begins
    handed_in = read_submission(Path(file))
    mine = Submission()
    failed = handed_in.refused
    if not failed:
        answer = guarded(load, mine, handed_in.cells, handed_in.is_notebook)
        if answer["status"] != "returned":
            failed = f"loading stopped{answer.get('place', '')} with {answer.get('kind')}: {answer.get('message')}"
    hidden = forbidden(handed_in.cells, getattr(sys.modules[f"coursekit.checks.{stem}"], "HIDDEN", ()))
    hint = f"{hidden} holds the answers: the grader will refuse to import it."
    for name in names:
        exercise = f"{stem[5:7]}.{name}"
        status, message = "failed", f"✗ {exercise}: {failed}"
        if not failed:
            status, message = judged(mine, checks[name], exercise, judge)
        if status == "passed" and hidden:
            status, message = "failed", f"✗ {exercise}: {hint}"
        with open(report, "a", encoding="utf-8") as lines:
            lines.write(json.dumps([name, status, message]) + "\n")


def judged(mine, test: Callable, exercise: str, judge: Callable) -> tuple[str, str]:
    function = mine.get(exercise.partition(".")[2])
    if function is None:
        why = f" This failed: {mine.notebook.skipped[0]}" if mine.notebook and mine.notebook.skipped else ""
        return "failed", f"✗ {exercise}: there is no such function in the file.{why}"
    return judge(test, exercise, function)


def forbidden(cells: list[list[str]], hidden: tuple[str, ...]) -> str:
    """The first of the hidden modules that the submission imports, or ""."""
    text = "\n".join(source for cell in cells for source in cell)
    return next((name for name in hidden if re.search(rf"(?m)^\s*(import|from)\s+{re.escape(name)}\b", text)), "")
