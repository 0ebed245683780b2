"""`coursekit full`: every run of the profile `full`, one after another."""

import subprocess
import sys
from typing import Annotated

import typer

from coursekit.cli.clone import ROOT, need


def full(names: Annotated[list[str] | None, typer.Argument(help="Some of the runs; without any, all.")] = None) -> None:
    """Make the runs of the profile `full` and record their figures.

    Each takes up to an hour on one core, and the stacked digits hours. What is done is kept: an interrupted call goes
    on where it was.
    """
    need("benchmarks/full.py")
    raise typer.Exit(subprocess.call([sys.executable, "benchmarks/full.py", *(names or [])], cwd=ROOT))
