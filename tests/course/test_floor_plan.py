"""The floor plan of coursekit: imports point down only, and level 1 is a floor of strangers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "coursekit").rglob("*.py"))
FLOORS = [
    "device history",
    "losses penalties theory data nets fit recorded autograd dynamics latents",
    "steps metrics checkpoints scale plots",
    "shipped recipes guidelines collapse lapgan conditional tagging super_resolution text_to_image "
    "checks widgets grading",
    "cli build",
    "__main__ __init__",
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names.split()}
MAX_LINES = 260
ON_DEMAND = {
    "ipywidgets",
    "anywidget",
    "IPython",
    "jupytext",
    "sklearn",
    "skimage",
    "matplotlib",
    "dask",
    "torchvision",
}


def module_of(path: Path) -> str:
    return path.relative_to(ROOT / "coursekit").parts[0].removesuffix(".py")


def imported_modules(tree: ast.AST, path: Path) -> set[str]:
    """The modules and folders right below coursekit that a file imports, wherever in the file it does so."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            base = ".".join((*package, node.module or "")).strip(".")
            names |= {f"{base}.{alias.name}" for alias in node.names} if base == "coursekit" else {base}
    return {name.split(".")[1] for name in names if name.startswith("coursekit.")} - {"__version__"}


def faults(source: str, path: Path) -> list[str]:
    here = module_of(path)
    if here not in LEVEL:
        return [f"{here} has no floor: give it one in FLOORS"]
    unknown_or_up = []
    for name in imported_modules(ast.parse(source), path) - {here}:
        limit = LEVEL[here] - (LEVEL[here] == 1)
        if LEVEL.get(name, 99) > limit:
            unknown_or_up.append(f"{here} (level {LEVEL[here]}) imports {name} (level {LEVEL.get(name, 'none')})")
    return unknown_or_up


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_and_files_are_short(path):
    source = path.read_text(encoding="utf-8")
    assert faults(source, path) == []
    assert len(source.splitlines()) < MAX_LINES


@pytest.mark.parametrize(
    ("file", "line", "allowed"),
    [
        ("losses.py", "from coursekit.device import setup", True),
        ("losses.py", "from coursekit.penalties import r1", False),
        ("losses.py", "def f():\n    from coursekit import penalties", False),
        ("nets/mlp.py", "from .init import dcgan_init", True),
        ("nets/mlp.py", "from ..data import toys", False),
        ("nets/mlp.py", "import coursekit.steps.game", False),
        ("steps/game.py", "from coursekit.metrics import modes", True),
        ("history.py", "from coursekit.fit import fit", False),
        ("helpers.py", "import torch", False),
        ("recipes.py", "from coursekit import helpers", False),
    ],
)
def test_the_floor_plan_itself_tells_down_from_up(file, line, allowed):
    assert (faults(line, ROOT / "coursekit" / file) == []) is allowed


@pytest.mark.parametrize(
    ("statement", "banned"),
    [("import coursekit", ON_DEMAND | {"torch", "numpy"}), ("import coursekit.losses", ON_DEMAND)],
)
def test_importing_the_core_loads_only_what_it_uses(statement, banned):
    report = f"import sys; {statement}; print(*sorted({banned!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
