"""`coursekit start`, `build` and `new-lesson`: what is made from the sources of the course."""

import re
import shutil
from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.clone import ROOT


def start(number: Annotated[str, typer.Argument(metavar="NN", help="The exercise: 3, 03 or 03_topic.")]) -> None:
    """Copy an exercise into work/.

    That is where you write; a copy that is there already is never overwritten.
    """
    source = find_exercise(ROOT / "exercises", number)
    copy = ROOT / "work" / source.name
    if copy.exists():
        print(f"Your copy is there already and stays as it is: {copy}")
    else:
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, copy)
        print(f"Your copy: {copy}")
    print("Open it in JupyterLab (`make lab`): folder work, in the list on the left.")


def find_exercise(folder: Path, number: str) -> Path:
    """The one notebook `NN_*.ipynb` of `folder` that `number` means; ValueError lists those that exist."""
    digits = re.match(r"\d+", number)
    found = sorted(folder.glob(f"{int(digits[0]):02d}_*.ipynb")) if digits else []
    if len(found) != 1:
        there = ", ".join(path.stem for path in sorted(folder.glob("*.ipynb"))) or "none yet"
        raise ValueError(f"{number!r} names {len(found)} exercises; give the number of one of these: {there}")
    return found[0]


def progress() -> None:
    """Show which exercises are done.

    And what each is worth. A check in a notebook notes its result in work/.progress.json.
    """
    from rich.console import Console
    from rich.table import Table

    from coursekit.checks.progress import rows

    found = rows(ROOT / "exercises")
    table = Table("exercise", "level", "minutes", "result", "points")
    for row in found:
        points = f"{row.earned} of {row.points}"
        table.add_row(row.id, str(row.difficulty), str(row.minutes), row.status.replace("_", " "), points)
    table.add_section()
    earned, points = sum(row.earned for row in found), sum(row.points for row in found)
    left = sum(row.minutes for row in found if not row.earned)
    table.add_row("all", "", f"{left} left", "", f"{earned} of {points}")
    Console().print(table)


def build(
    stems: Annotated[list[str] | None, typer.Argument(metavar="[NN]...", help="Lessons (03); all if none.")] = None,
    execute: Annotated[bool, typer.Option("--execute", help="Run the lectures and store their outputs.")] = False,
    solutions: Annotated[Path | None, typer.Option(help="Build the solved exercises into this folder.")] = None,
    into: Annotated[Path | None, typer.Option(help="Write here instead of notebooks/ and exercises/.")] = None,
) -> None:
    """Build notebooks from their sources.

    Lectures come from notebooks/src, exercises from solutions.
    """
    import coursekit.build

    for path in coursekit.build.main(execute=execute, stems=stems or [], solutions=solutions, into=into):
        print(path)


def new_lesson(
    number: Annotated[int, typer.Argument(help="The lesson's number, such as 20.")],
    topic: Annotated[str, typer.Argument(help="Its topic in snake_case, such as spectral_norm.")],
) -> None:
    """Make the files of a new lesson."""
    import coursekit.build

    coursekit.build.new_lesson(number, topic)
