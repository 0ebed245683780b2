"""What the browser runs of a long lecture: the cells that its widgets need. The lectures stage runs every cell."""

import ast
import symtable
from collections.abc import Iterator, Sequence

WIDGETS = "coursekit.widgets"


def excerpt(sources: Sequence[str]) -> list[str]:
    """The first cell, all imports, and of the other cells those that define what a cell with a widget reads."""
    imports = [ast.unparse(node) for source in sources for node in ast.parse(source).body if is_import(node)]
    return [sources[0], "\n".join(dict.fromkeys(imports)), *(sources[i] for i in needed_cells(sources) if i > 0)]


def needed_cells(sources: Sequence[str]) -> list[int]:
    """Positions of the cells with a widget, and of each earlier cell that defines a name one of them reads."""
    chosen, names = [], set()
    for i in reversed(range(len(sources))):
        defined, read = defined_and_read(sources[i])
        if WIDGETS in sources[i] or defined & names:
            chosen.insert(0, i)
            names = (names - defined) | read
    return chosen


def defined_and_read(source: str) -> tuple[set[str], set[str]]:
    """Names that a cell binds for later cells, and names that it or a function in it reads from an earlier cell."""
    defined, read, imported = set(), set(), set()
    for statement in ast.parse(source).body:
        table = symtable.symtable(ast.unparse(statement), "statement", "exec")
        imported |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_imported()}
        bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
        own = bound if hasattr(statement, "body") else set()  # a loop reads the names that it binds itself
        read |= set(outer_names(table)) - defined - own
        defined |= bound
    return defined - imported, read - imported


def outer_names(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that a scope and the scopes in it read, but those that are local to a function."""
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from outer_names(child)


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_an_excerpt_has_all_imports_and_the_cells_that_define_what_a_widget_reads():
    sources = [
        "import torch as t\nsetup(0)",
        "G = t.nn.Linear(2, 2)",
        "from math import log\nhistory = fit(G, log)",
        "def draw(n):\n    return G(t.randn(n, 2))",
        "print(history)",
        "from coursekit.widgets.minimax import MinimaxExplorer\nshow(MinimaxExplorer(draw))",
        "draw(3)",
    ]
    first, imports, *cells = excerpt(sources)
    assert first == sources[0] and cells == [sources[i] for i in (1, 3, 5)]
    assert imports.splitlines() == [
        sources[0].partition("\n")[0],
        "from math import log",
        sources[5].partition("\n")[0],
    ]


def test_a_name_that_is_local_to_a_function_needs_no_cell():
    assert needed_cells(["n = 3", "f = max", "import coursekit.widgets\ng = [f(n) for n in range(2)]"]) == [1, 2]
