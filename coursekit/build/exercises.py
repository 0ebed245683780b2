"""Exercises: solutions/NN_topic.py -> exercises/NN_topic.ipynb, every marked region replaced by NotImplementedError.

A region stands between two lines, `### BEGIN SOLUTION` and `### END SOLUTION`, inside a function of one code cell. An
exercise is a block of cells that starts with a heading like the one in HEADING_FORM.
"""

import ast
import re
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

from coursekit.build.sources import (
    EXERCISE_HEADER,
    BuildError,
    Source,
    cell_ids,
    code_cells,
    list_sources,
    read_source,
    write_notebook,
)

HEADING_FORM = "## 03.js_divergence · difficulty 2 of 5 · 10 minutes · 2 points"
HEADING = re.compile(r"## (\d\d)\.(\w+) · difficulty ([1-5]) of 5 · (\d+) minutes? · (\d+) points?")
MARK = re.compile(r"(\s*)### (BEGIN|END) SOLUTION")
NEARLY_A_MARK = re.compile(r"#.*\b(BEGIN|END)\b.*SOLUTION", re.IGNORECASE)
STUB = "raise NotImplementedError"


@dataclass(frozen=True)
class Exercise:
    """What the heading of an exercise says; `id` is NN.function."""

    id: str
    difficulty: int
    minutes: int
    points: int

    @property
    def function(self) -> str:
        return self.id.partition(".")[2]


@dataclass(frozen=True)
class Block:
    """An exercise with its cells and the line of the script at which each of them starts."""

    exercise: Exercise
    cells: list
    lines: list[int]


def build_exercises(folder: Path, into: Path, stems=()) -> list[Path]:
    """Write the scripts of `folder` to `into` as notebooks with stubs and without outputs; return their paths."""
    return [
        write_notebook(stub_notebook(read_exercises(path)), into / f"{path.stem}.ipynb")
        for path in list_sources(folder, stems)
    ]


def read_exercises(path: Path) -> Source:
    """Return the script as a Source, its solutions in place; a fault in a region or a block is a BuildError."""
    source = read_source(path, EXERCISE_HEADER)
    check_regions(path, path.read_text(encoding="utf-8").splitlines())
    for cell, line in zip(source.notebook.cells, source.lines, strict=True):
        if cell.cell_type == "code":
            check_stub(f"{path}:{line}", cell.source)
    blocks = read_blocks(source)
    if not blocks:
        raise BuildError(f"{path}:1: no exercise: start one with a heading such as `{HEADING_FORM}`")
    seen = set()
    for block in blocks:
        if block.exercise.id in seen:
            raise BuildError(f"{path}:{block.lines[0]}: a second exercise {block.exercise.id}: rename one")
        seen.add(block.exercise.id)
        check_block(path, block)
    source.notebook.metadata.coursekit = {"exercises": [asdict(block.exercise) for block in blocks]}
    return source


def check_regions(path: Path, lines: list[str]) -> None:
    """Raise BuildError unless marks come in pairs, one inside the other never, each pair within one cell."""
    begun = 0
    for number, line in enumerate(lines, 1):
        mark = MARK.fullmatch(line.rstrip())
        if begun and line.startswith("# %%"):
            raise BuildError(f"{path}:{begun}: a region that its cell does not close: add `### END SOLUTION`")
        if mark is None:
            if NEARLY_A_MARK.search(line):
                wanted = "`### BEGIN SOLUTION` or `### END SOLUTION`"
                raise BuildError(f"{path}:{number}: {line.strip()!r} is no mark: write {wanted}, alone on its line")
        elif mark[2] == "BEGIN":
            if begun:
                raise BuildError(f"{path}:{number}: a region inside the one of line {begun}: close that one first")
            begun = number
        else:
            if not begun:
                raise BuildError(f"{path}:{number}: `### END SOLUTION` without its `### BEGIN SOLUTION`")
            begun = 0
    if begun:
        raise BuildError(f"{path}:{begun}: a region that its cell does not close: add `### END SOLUTION`")


def cut(text: str) -> str:
    """The cell as the student gets it: each region replaced by one line that raises NotImplementedError."""
    kept, inside = [], False
    for line in text.splitlines():
        mark = MARK.fullmatch(line.rstrip())
        if mark and mark[2] == "BEGIN":
            kept.append(mark[1] + STUB)
        inside = inside if mark is None else mark[2] == "BEGIN"
        if not (mark or inside):
            kept.append(line)
    return "\n".join(kept)


def check_stub(place: str, text: str) -> None:
    """Raise BuildError if the cell is no Python, or if its stub and its solution do not define the same things."""
    trees = []
    for what, code in (("cell", text), ("stub", cut(text))):
        try:
            trees.append(ast.parse(code))
        except SyntaxError as error:
            raise BuildError(f"{place}: the {what} is not Python ({error.msg}, its line {error.lineno})") from error
    solved, stub = (signatures(tree.body) for tree in trees)
    for name in solved | stub:
        if solved.get(name) != stub.get(name):
            drift = f"the stub has {stub.get(name, 'none')}, the solution {solved.get(name, 'none')}"
            raise BuildError(f"{place}: the signature of {name} drifted: {drift}: keep `def` lines out of regions")
    if any(raises_stub(node) for node in outside_functions(trees[1].body)):
        raise BuildError(f"{place}: a region outside of a function would stop the notebook: put it into one")


def signatures(body: list[ast.stmt], prefix: str = "") -> dict[str, str]:
    """The functions, classes and methods that these statements define: name -> what its first line says."""
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            found[prefix + node.name] = f"({ast.unparse(node.args)}){returns}"
        elif isinstance(node, ast.ClassDef):
            found[prefix + node.name] = f"({', '.join(map(ast.unparse, node.bases))})"
            found |= signatures(node.body, f"{prefix}{node.name}.")
    return found


def outside_functions(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that run when the cell runs, those of classes included."""
    inner = [outside_functions(node.body) for node in body if isinstance(node, ast.ClassDef)]
    return [*body, *(node for nodes in inner for node in nodes)]


def raises_stub(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and ast.unparse(node) == STUB


def read_blocks(source: Source) -> list[Block]:
    """The exercises of a script; a heading that starts like one and is none is a BuildError."""
    blocks, current = [], None
    for cell, line in zip(source.notebook.cells, source.lines, strict=True):
        first = cell.source.splitlines()[0]
        if cell.cell_type == "markdown" and first.startswith("## "):
            current = None
            if re.match(r"## \d\d\.", first):
                current = Block(read_heading(f"{source.path}:{line + 1}", first, source.stem), [], [])
                blocks.append(current)
        if current:
            current.cells.append(cell)
            current.lines.append(line)
    return blocks


def read_heading(place: str, line: str, stem: str) -> Exercise:
    match = HEADING.fullmatch(line)
    if match is None:
        raise BuildError(f"{place}: {line!r} is no heading of an exercise: write it as in `{HEADING_FORM}`")
    if match[1] != stem[:2]:
        raise BuildError(f"{place}: exercise {match[1]}.{match[2]} in lesson {stem[:2]}: its id starts with the lesson")
    return Exercise(f"{match[1]}.{match[2]}", *(int(match[i]) for i in (3, 4, 5)))


def check_block(path: Path, block: Block) -> None:
    """Raise BuildError unless the block has, in order, a stub with a docstring, its check and a cell that uses it."""
    name, place = block.exercise.function, f"{path}:{block.lines[0]}: exercise {block.exercise.id}"
    trees = {i: ast.parse(cell.source) for i, cell in enumerate(block.cells) if cell.cell_type == "code"}
    stubs = [i for i, tree in trees.items() if name in signatures(tree.body) and cut(block.cells[i].source).count(STUB)]
    if len(stubs) != 1:
        raise BuildError(f"{place} has {len(stubs)} cells that define {name} with a region: it needs one")
    [node] = [node for node in trees[stubs[0]].body if getattr(node, "name", None) == name]
    if not ast.get_docstring(node):
        raise BuildError(f"{place}: the stub {name} has no docstring: say what it returns, shapes, units, errors")
    prose = "\n".join(cell.source for cell in block.cells if cell.cell_type == "markdown")
    if not prose.count("<details>") == prose.count("</details>") > 0:
        raise BuildError(f"{place} has no folded hint: put one between <details> and </details>")
    checks = [(i, call) for i, tree in trees.items() for call in check_calls(tree)]
    if [call for _, call in checks] != [(block.exercise.id, name)]:
        raise BuildError(f'{place} needs one call check("{block.exercise.id}", {name}); it has {checks or "none"}')
    if not stubs[0] < checks[0][0] < max(trees):
        raise BuildError(f"{place}: after the stub comes its check, after the check a cell that shows {name} at work")


def check_calls(tree: ast.AST) -> list[tuple[str, str]]:
    """The (id, function) of every call of `check` in a cell, as they are written."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "check"]
    return [tuple(ast.unparse(arg).strip("'\"") for arg in call.args) for call in calls]


def stub_notebook(source: Source):
    """The notebook for the student: regions cut out, ids of the cells from their texts."""
    notebook = deepcopy(source.notebook)
    for cell in code_cells(notebook):
        cell.source = cut(cell.source)
    texts = [cell.source for cell in notebook.cells]
    for cell, cell_id in zip(notebook.cells, cell_ids(source.stem, texts), strict=True):
        cell.id = cell_id
    return notebook
