"""`coursekit test`, `check` and `test-all`: the stages of the proof, one after another, and one exit code."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import typer

from coursekit.cli.clone import ROOT, need
from coursekit.cli.grade import check_file

REPORTS = Path("runs") / "test"
QUICK = "not slow and not gpu"
APART = ("tests/browser", "tests/exercises", "tests/scale")  # stages of their own


@dataclass(frozen=True)
class Stage:
    """One stage: module command lines that must all end with 0; `report` is the JUnit file of the pytest among them."""

    name: str
    commands: list[list[str]]
    report: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a stage."""

    name: str
    passed: bool
    seconds: float
    counts: str


def lint() -> Stage:
    return Stage("lint", [["ruff", "check", "."], ["ruff", "format", "--check", "."]])


def pytest_stage(name: str, arguments: list[str], **environment: str) -> Stage:
    """A stage that is one run of pytest, reported in runs/test/NAME.xml."""
    report = REPORTS / f"{name}.xml"
    return Stage(name, [["pytest", "-q", f"--junitxml={report}", *arguments]], report, environment)


def side_by_side() -> list[str]:
    """pytest's flags for several processes, for stages whose tests need one thread each and share nothing."""
    return ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal"]


def unit(marks: str, extra: list[str]) -> Stage:
    """The tests of the library and of the course; `extra` are pytest's own flags."""
    apart = [f"--ignore={folder}" for folder in APART]
    arguments = ["-m", marks, *apart, "tests", *side_by_side(), *extra]
    return pytest_stage("unit", arguments, MPLBACKEND="agg", OMP_NUM_THREADS="1")


def course_stages(root: Path, marks: str) -> list[Stage]:
    """The long stages, as far as there are any: lectures, exercises, runs on several processes, and the browser."""
    stages = []
    if lectures := sorted(path.relative_to(root).as_posix() for path in root.glob("notebooks/*.ipynb")):
        nbval = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", "300", "-p", "no:cacheprovider"]
        stage = pytest_stage("lectures", [*nbval, *lectures], MPLBACKEND="")
        stages.append(replace(stage, commands=[*stage.commands, ["coursekit.cli.budgets"]]))
    for name in ("exercises", "scale", "browser"):
        if any((root / "tests" / name).glob("test_*.py")):
            apart = side_by_side() if name == "exercises" else []
            fixed = {"OMP_NUM_THREADS": "1"} if apart else {}
            stages.append(pytest_stage(name, ["-m", marks, f"tests/{name}", *apart], **fixed))
    return stages


def run(stage: Stage) -> Outcome:
    """Run a stage to its end, its output passed through."""
    print(f"\n── {stage.name} " + "─" * (70 - len(stage.name)), flush=True)
    # Waiting threads sleep instead of spinning, which is slower on a quiet machine and ten times faster on a busy one.
    fixed = {"COURSEKIT_OFFLINE": "1", "COURSEKIT_PROFILE": "fast", "OMP_WAIT_POLICY": "PASSIVE"}
    environment = os.environ | fixed | stage.environment
    if stage.report:
        (ROOT / stage.report).unlink(missing_ok=True)
    began = time.monotonic()
    codes = [subprocess.call([sys.executable, "-m", *command], cwd=ROOT, env=environment) for command in stage.commands]
    return Outcome(stage.name, not any(codes), time.monotonic() - began, counts(ROOT, stage.report))


def counts(root: Path, report: Path | None) -> str:
    """How many tests passed, failed and were skipped, in words; empty where there is no report."""
    if report is None or not (root / report).is_file():
        return ""
    suite = ElementTree.parse(root / report).getroot().find("testsuite").attrib
    tests, skipped = int(suite["tests"]), int(suite["skipped"])
    failed = int(suite["failures"]) + int(suite["errors"])
    words = [(tests - skipped - failed, "passed"), (failed, "failed"), (skipped, "skipped")]
    return ", ".join(f"{n} {word}" for n, word in words if n)


def run_all(stages: list[Stage]) -> None:
    """Run every stage, also after one failed; print the summary; exit with 1 if any failed."""
    from rich.console import Console
    from rich.table import Table

    (ROOT / REPORTS).mkdir(parents=True, exist_ok=True)
    outcomes = [run(stage) for stage in stages]
    table = Table("stage", "result", "seconds", "tests", title="coursekit test")
    for outcome in outcomes:
        result = "[green]passed[/]" if outcome.passed else "[red]failed[/]"
        table.add_row(outcome.name, result, f"{outcome.seconds:.0f}", outcome.counts)
    table.add_row("all", "", f"{sum(outcome.seconds for outcome in outcomes):.0f}", "")
    Console().print("", table)
    raise typer.Exit(0 if all(outcome.passed for outcome in outcomes) else 1)


def check(context: typer.Context) -> None:
    """Lint and unit tests; or, with a FILE, your own solution.

    `check work/03_minimax_theory.ipynb` runs the checks of that exercise. Flags of pytest's own (-k losses) are passed
    on to the unit tests.
    """
    if len(context.args) == 1 and context.args[0].endswith((".ipynb", ".py")):
        check_file(Path(context.args[0]))
    need("tests")
    run_all([lint(), unit(QUICK, context.args)])


def test(context: typer.Context) -> None:
    """All tests but the slow ones.

    Lint, unit tests, lectures, exercises, browser. Flags of pytest's own go to the unit tests.
    """
    need("tests")
    run_all([lint(), unit(QUICK, context.args), *course_stages(ROOT, QUICK)])


def test_all(context: typer.Context) -> None:
    """All tests, the slow ones too.

    Where there is a GPU, those that need one run as well.
    """
    need("tests")
    run_all([lint(), unit("", context.args), *course_stages(ROOT, "")])
