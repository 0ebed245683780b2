"""Percent scripts, read as notebooks without outputs, with cell ids that depend on nothing but the text."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import jupytext
import nbformat
from yaml import YAMLError  # jupytext's own reader of headers

MAX_CELL_LINES = 25  # an algorithm; one action takes about ten
MAX_CODE_CELLS_IN_A_ROW = 2
LECTURE_HEADER = {"title": str, "budget": (int, float), "data": str}
EXERCISE_HEADER = {"title": str}
STEM = re.compile(r"(\d\d)_[a-z][a-z0-9_]*")
MARKER = re.compile(r"\s*#\s*%%(\s|$)")
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class BuildError(Exception):
    """A source is at fault; the message names the file, the line and the cure."""


@dataclass(frozen=True)
class Source:
    """One percent script: its header, its notebook without outputs, and the line of the script each cell starts at."""

    path: Path
    header: dict
    notebook: nbformat.NotebookNode
    lines: list[int]

    @property
    def stem(self) -> str:
        return self.path.stem


def list_sources(folder: Path, stems=()) -> list[Path]:
    """Return the scripts of `folder` in order: all, or those named by "03", "03_topic" or a path with that stem."""
    paths = sorted(folder.glob("*.py"))
    for path in paths:
        if not STEM.fullmatch(path.stem):
            raise BuildError(f"{path}: a lesson is named NN_topic.py, as in 03_minimax_theory.py: rename it")
    for number, same in groupby(paths, key=lambda path: path.stem[:2]):
        if len(names := [path.name for path in same]) > 1:
            raise BuildError(f"{folder}: lesson {number} has two sources, {' and '.join(names)}: renumber one")
    return [find(name, paths, folder) for name in stems] if stems else paths


def find(name: str, paths: list[Path], folder: Path) -> Path:
    stem = Path(str(name)).stem
    for path in paths:
        if stem in (path.stem, path.stem[:2]) or stem.zfill(2) == path.stem[:2]:
            return path
    raise BuildError(f"no lesson {name} in {folder}: it has {', '.join(path.stem for path in paths) or 'none'}")


def read_source(path: Path, header: dict) -> Source:
    """Return the script at `path` as a Source; `header` maps each key its header must have to the type of the value."""
    text = path.read_text(encoding="utf-8")
    try:
        read = jupytext.reads(text, fmt="py:percent")
    except YAMLError as error:
        raise BuildError(f"{path}:1: the header is not YAML, quote a text that holds a colon: {error}") from error
    found = check_header(path, read, header)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if MARKER.match(line)]
    if len(lines) != len(read.cells):
        raise BuildError(f"{path}:1: text between the header and the first `# %%`: put it into a cell")
    for cell, line in zip(read.cells, lines, strict=True):
        check_cell(path, cell, line)
    check_rows(path, read.cells, lines)
    notebook = nbformat.v4.new_notebook(metadata=KERNEL | {"coursekit": {}})
    ids = cell_ids(path.stem, [cell.source for cell in read.cells])
    notebook.cells = [clean_cell(cell, cell_id) for cell, cell_id in zip(read.cells, ids, strict=True)]
    return Source(path, found, notebook, lines)


def check_header(path: Path, notebook, wanted: dict) -> dict:
    found = notebook.metadata.get("coursekit")
    shape = "\n".join(["# ---", "# jupyter:", "#   coursekit:", *(f"#     {key}: ..." for key in wanted), "# ---"])
    if not isinstance(found, dict):
        raise BuildError(f"{path}:1: no header: start the file with\n{shape}")
    if set(found) != set(wanted):
        raise BuildError(f"{path}:1: the header has {sorted(found)}, needed are exactly {sorted(wanted)}:\n{shape}")
    for key, kind in wanted.items():
        if not isinstance(found[key], kind) or isinstance(found[key], bool) or not found[key]:
            needed = "a text" if kind is str else "a number of seconds"
            raise BuildError(f"{path}:1: {key} in the header is {found[key]!r}: give {needed}")
    return dict(found)


def check_cell(path: Path, cell, line: int):
    if cell.cell_type not in ("code", "markdown"):
        raise BuildError(f"{path}:{line}: a {cell.cell_type} cell: use `# %%` for code and `# %% [markdown]` for prose")
    if not cell.source.strip():
        raise BuildError(f"{path}:{line}: an empty cell: remove its `# %%`")
    if cell.cell_type == "code" and (n := len(cell.source.splitlines())) > MAX_CELL_LINES:
        raise BuildError(f"{path}:{line}: a code cell of {n} lines: split it, {MAX_CELL_LINES} is the limit")


def check_rows(path: Path, cells, lines: list[int]):
    in_a_row = 0
    for cell, line in zip(cells, lines, strict=True):
        in_a_row = in_a_row + 1 if cell.cell_type == "code" else 0
        if in_a_row > MAX_CODE_CELLS_IN_A_ROW:
            raise BuildError(f"{path}:{line}: code cell number {in_a_row} in a row: put a sentence before it")


def cell_ids(stem: str, texts: list[str]) -> list[str]:
    """Return an id per cell from lesson and text; the n-th cell of equal text counts n, so that no two ids agree."""
    seen = Counter()
    ids = []
    for text in texts:
        ids.append(hashlib.sha256(json.dumps([stem, text, seen[text]]).encode()).hexdigest()[:16])
        seen[text] += 1
    return ids


def clean_cell(cell, cell_id: str):
    """Return the cell with its id and tags and nothing else that jupytext may have noted."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[cell.cell_type]
    tags = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
    return make(cell.source, id=cell_id, metadata=tags)


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_hash(notebook) -> str:
    """Return the SHA-256 of the code cells' texts in order: equal code, equal outputs wanted."""
    return hashlib.sha256(json.dumps([cell.source for cell in code_cells(notebook)]).encode()).hexdigest()


def write_notebook(notebook, path: Path) -> Path:
    """Write a valid notebook to `path` in one step, so that an interrupt leaves the old file whole."""
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8", newline="\n")
    part.replace(path)
    return path
