"""Solved exercises: solutions/NN_topic.py -> a notebook in which nothing is left out, for instructors and tests."""

from pathlib import Path

from coursekit.build.exercises import read_exercises
from coursekit.build.sources import list_sources, write_notebook


def build_solutions(folder: Path, into: Path, stems=()) -> list[Path]:
    """Write the scripts of `folder` to `into` as notebooks without outputs and return their paths."""
    sources = [read_exercises(path) for path in list_sources(folder, stems)]
    return [write_notebook(source.notebook, into / f"{source.stem}.ipynb") for source in sources]
