"""`coursekit grade`, `release`, and `check FILE`: for instructors, and for a student before handing in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.clone import ROOT
from coursekit.cli.course import find_exercise

NO_ISOLATION = 4
CONTAINER = (
    'docker run --rm -v "$PWD":/course -w /course python:3.11 sh -c '
    '"pip install -q -e . pytest && python -m coursekit grade SUBMISSIONS --out DIR"'
)


def grade(
    submissions: Annotated[Path, typer.Argument(help="A folder, or the zip that Moodle or Canvas exports.")],
    out: Annotated[Path, typer.Option(help="Folder for results and reports.")],
    lesson: Annotated[str, typer.Option(metavar="NN", help="This lesson only; STUDENT.ipynb counts for it.")] = "",
    jobs: Annotated[int, typer.Option(min=0, help="Processes at a time; 0 is one per core.")] = 0,
    isolation: Annotated[str, typer.Option(help="auto, namespace, landlock or none: see doctor.")] = "auto",
    roster: Annotated[Path | None, typer.Option(metavar="CSV", help="Who is who; for Canvas and Moodle.")] = None,
    seed: Annotated[int | None, typer.Option(help="Draws the inputs of the checks; OUT/seed.txt keeps it.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the results that are in OUT.")] = False,
    scheduler: Annotated[str, typer.Option(metavar="ADDRESS", help="Grade on dask's workers: tcp://host:8786")] = "",
    checks: Annotated[Path | None, typer.Option(metavar="DIR", help="Private checks, test_NN_topic.py.")] = None,
    call_seconds: Annotated[float, typer.Option(min=0.1, help="Processor time for one call of a function.")] = 3.0,
) -> None:
    """Grade a class.

    Exit code 0: all graded, whatever the scores; 2: wrong usage or a broken exercise; 3: some could not be graded;
    4: no isolation works here; 130: interrupted, --resume goes on.
    """
    if not sys.platform.startswith("linux"):
        print(f"Grading a class needs Linux. In a container, from the top folder of the clone:\n{CONTAINER}")
        raise typer.Exit(NO_ISOLATION)
    from rich.console import Console

    from coursekit.grading import commands

    order = commands.Order(
        submissions, out, lesson, jobs, isolation, roster, seed, resume, scheduler, checks, call_seconds
    )
    raise typer.Exit(commands.grade(order, Console()))


def check_file(file: Path) -> None:
    """Check your own solution, a notebook or .py of an exercise, as it will be graded."""
    from coursekit.grading import own

    raise typer.Exit(own.check(file))


def release(
    number: Annotated[str, typer.Argument(metavar="NN", help="The exercise: 3, 03 or 03_topic.")],
    out: Annotated[Path, typer.Option(help="Folder for the bundle.")] = Path("."),
) -> None:
    """Make the bundle of an exercise for students: a zip with the notebook and how to work on it."""
    from coursekit.grading.bundle import bundle

    print(bundle(find_exercise(ROOT / "exercises", number), out))
