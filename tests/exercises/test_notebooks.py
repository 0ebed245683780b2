"""Every exercise notebook runs from top to bottom: as it is handed out, and solved."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from coursekit.build import ROOT, build_solutions
from coursekit.build.sources import code_cells, list_sources
from coursekit.checks.progress import PLACE

STEMS = [path.stem for path in list_sources(ROOT / "solutions")]
CHECK = re.compile(r'check\("(\d\d\.\w+)"')

every_lesson = pytest.mark.parametrize("stem", STEMS)


def run(path: Path, folder: Path) -> dict[str, str]:
    """Run a notebook in `folder` and return the text that each check printed, by its exercise."""
    notebook = nbformat.read(path, as_version=4)
    environment = {key: value for key, value in os.environ.items() if key != "COURSEKIT_GRADING"}
    environment |= {PLACE: str(folder / "progress.json"), "OMP_NUM_THREADS": "1"}
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)  # an error in a cell is raised here
    printed = {}
    for cell in code_cells(notebook):
        if match := CHECK.search(cell.source):
            printed[match[1]] = "".join(output.get("text", "") for output in cell.outputs)
        assert not any(output.get("name") == "stderr" for output in cell.outputs), cell.outputs
    return printed


@every_lesson
def test_a_notebook_as_handed_out_runs_through_with_every_exercise_not_started(stem, tmp_path):
    printed = run(ROOT / "exercises" / f"{stem}.ipynb", tmp_path)
    assert printed
    for exercise, text in printed.items():
        assert text.startswith(f"○ {exercise} is not started yet") and "goes on with coursekit's" in text


@every_lesson
def test_a_solved_notebook_passes_every_check_and_says_nothing_else(stem, tmp_path):
    [path] = build_solutions(ROOT / "solutions", tmp_path, [stem])
    printed = run(path, tmp_path)
    assert printed
    for exercise, text in printed.items():
        assert re.fullmatch(rf"✓ {exercise} passed: \d points?\.\n", text)
