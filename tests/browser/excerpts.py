"""What the browser runs of a long lecture: the cells that its widgets need, with short trainings and without claims.

The lectures stage runs every cell as it stands and checks every claim; here only the widgets are looked at.
"""

import ast
import symtable
from collections.abc import Iterator, Sequence

WIDGETS = "coursekit.widgets"
FEW = 20  # steps of a training whose profile `fast` has more


def excerpt(sources: Sequence[str]) -> list[str]:
    """The first cell, all imports, and of the other cells those that define what a cell with a widget reads."""
    sources = [shortened(source) for source in sources]
    imports = [ast.unparse(node) for source in sources for node in ast.parse(source).body if is_import(node)]
    return [sources[0], "\n".join(dict.fromkeys(imports)), *(sources[i] for i in needed_cells(sources) if i > 0)]


class Shorter(ast.NodeTransformer):
    """Leaves out what is asserted, and lets `run.pick(fast=...)` pick at most FEW steps."""

    def visit_Assert(self, node: ast.Assert) -> None:
        return None

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "pick":
            fast = next(keyword.value for keyword in node.keywords if keyword.arg == "fast")
            numbers = fast.values if isinstance(fast, ast.Dict) else [fast]
            for number in numbers:
                if isinstance(number, ast.Constant) and isinstance(number.value, int):
                    number.value = min(number.value, FEW)
        return node


def shortened(source: str) -> str:
    """The cell with short trainings and without claims; as it stands where it has neither."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    for node in ast.walk(tree):  # a block of nothing but claims keeps its place
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and all(isinstance(one, ast.Assert) for one in block):
                block.append(ast.Pass())
    after = ast.unparse(Shorter().visit(tree))
    return source if after == before else after


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
