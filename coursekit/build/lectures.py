"""Lectures: notebooks/src/NN_topic.py -> notebooks/NN_topic.ipynb, with the outputs that belong to its code."""

import os
import re
import time
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from coursekit.build.outputs import normalise
from coursekit.build.sources import (
    LECTURE_HEADER,
    BuildError,
    Source,
    code_cells,
    code_hash,
    list_sources,
    read_source,
    write_notebook,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")
TRACEBACK_LINES = 12
CELL_TIMEOUT = 300  # seconds; a whole lecture takes less than 90
PROFILE = {"COURSEKIT_PROFILE": "fast", "COURSEKIT_DEVICE": "cpu"}  # stored outputs are those of a laptop


def build_lectures(folder: Path, stems=(), execute=False, into: Path | None = None) -> list[Path]:
    """Write the notebooks of `folder`/src to `into` (by default `folder`) and return their paths.

    Outputs in `folder` are kept where all code cells are as they were when executed, and dropped otherwise: a cell's
    output depends on the cells before it, so there is no keeping a part. `execute` runs the lectures, in `folder`.
    """
    made = []
    for path in list_sources(folder / "src", stems):
        source = read_source(path, LECTURE_HEADER)
        stored = folder / f"{source.stem}.ipynb"
        notebook = execute_source(source, folder) if execute else keep_outputs(source.notebook, stored)
        made.append(write_notebook(notebook, (into or folder) / stored.name))
    return made


def keep_outputs(notebook, stored: Path):
    """Return the notebook with the outputs of the one at `stored`, if those came from the same code, run in order."""
    if not stored.exists():
        return notebook
    try:
        old = nbformat.read(stored, as_version=4)
    except Exception as error:  # nbformat passes on whatever its JSON and schema readers raise
        raise BuildError(f"{stored} is not a notebook ({error}): delete it and build again") from error
    if not is_executed(old):
        return notebook
    if code_hash(notebook) != code_hash(old):
        print(f"{stored.stem}: code changed, outputs dropped: python -m coursekit build --execute {stored.stem[:2]}")
        return notebook
    for new_cell, old_cell in zip(code_cells(notebook), code_cells(old), strict=True):
        new_cell.outputs = old_cell.outputs
    notebook.metadata.coursekit.code = code_hash(notebook)
    return normalise(notebook)


def is_executed(notebook) -> bool:
    """Whether the outputs are those of the code cells beside them: the stored hash agrees, and the counts are 1..n."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    stored = notebook.metadata.get("coursekit", {}).get("code")
    return stored == code_hash(notebook) and counts == list(range(1, len(counts) + 1))


def execute_source(source: Source, cwd: Path):
    """Return the lecture with the outputs of a fresh kernel in `cwd`; a cell that fails is a BuildError."""
    notebook = deepcopy(source.notebook)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(cwd)}},
        store_widget_state=False,
        record_timing=False,
    )
    start = time.perf_counter()
    try:
        client.execute(env=os.environ | PROFILE)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise BuildError(describe_failure(source, notebook, client.code_cells_executed, error)) from error
    print(f"{source.stem}: executed in {time.perf_counter() - start:.0f} s, its budget is {source.header['budget']} s")
    notebook.metadata = source.notebook.metadata | {"coursekit": {"code": code_hash(notebook)}}
    return normalise(notebook)


def describe_failure(source: Source, notebook, n_started: int, error: Exception) -> str:
    """Return the place of the code cell started last, its text, and the last lines of what it raised."""
    cell = code_cells(notebook)[n_started - 1]
    line = source.lines[notebook.cells.index(cell)]
    traceback = getattr(error, "traceback", None) or str(error)
    last = "\n".join(ANSI.sub("", traceback).strip().splitlines()[-TRACEBACK_LINES:])
    return f"{source.path}:{line}: this cell failed, nothing was written:\n\n{cell.source}\n\n{last}"
