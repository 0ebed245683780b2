"""Reads a notebook for its definitions, in the child: functions, classes, and what they need; nothing else is run.

A statement is run if it defines a function or a class, or if it binds a name that a statement which is run looks up.
Training, plots and checks define nothing, so they are left out; so are statements that fail or take too long.
"""

import ast
import linecache
import signal
import types
from collections.abc import Iterator
from dataclasses import dataclass

STATEMENT_SECONDS = 2.0  # of processor time: definitions are quick, training is not
DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ANY_NAME = "*"  # what `from x import *` binds


@dataclass(frozen=True)
class Statement:
    """One statement of a cell, compiled, with the global names that it looks up and binds."""

    cell: str
    code: types.CodeType
    defines: bool
    reads: set[str]
    binds: set[str]


class Notebook:
    """The cells of a notebook, run as far as they are needed in the namespace `module`.

    A cell is a pair, as it stands and without magics; `skipped` tells what failed.
    """

    def __init__(self, module: types.ModuleType, cells: list[list[str]]):
        self.module, self.skipped = module, []
        self.waiting = [part for number, cell in enumerate(cells, 1) for part in self.statements(number, cell)]
        self.run({name for statement in self.waiting if statement.defines for name in statement.reads})

    def get(self, name: str) -> object:
        """What the notebook binds to a name, or None; statements that bind it are run now if they were not before."""
        if name not in vars(self.module):
            self.run({name})
        return vars(self.module).get(name)

    def run(self, names: set[str]) -> None:
        """Runs, in order, all definitions, and all statements that bind these names or names that those look up."""
        names, known = names | {ANY_NAME}, -1
        while known != len(names):
            known = len(names)
            for statement in self.waiting:
                if statement.defines or statement.binds & names:
                    names |= statement.reads
        needed = [statement for statement in self.waiting if statement.defines or statement.binds & names]
        self.waiting = [statement for statement in self.waiting if statement not in needed]
        for statement in needed:
            try:
                in_time(statement.code, vars(self.module))
            except BaseException as error:  # an exit too
                self.skip(statement.cell, error)

    def skip(self, cell: str, error: BaseException) -> None:
        try:
            text = str(error)
        except BaseException:  # a submission's own exception may fail to print
            text = ""
        self.skipped.append(f"{cell}: {type(error).__name__}: {text}"[:300])

    def statements(self, number: int, sources: list[str]) -> Iterator[Statement]:
        """The statements of a cell, but for bare expressions; of its forms the first that is Python counts."""
        cell = f"cell {number} of your notebook"
        for source in sources:
            try:
                parsed = [part for part in ast.parse(source, cell).body if not isinstance(part, ast.Expr)]
                found = [statement(cell, part) for part in parsed]
            except Exception as error:
                failure = error
            else:
                linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
                yield from found
                return
        self.skip(cell, failure)


def statement(cell: str, node: ast.stmt) -> Statement:
    code = compile(ast.Module([node], type_ignores=[]), cell, "exec")
    inside, reads, binds, defines = global_names(code), set(), set(), False
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            reads |= {part.id} & inside  # without the local names of functions
        elif isinstance(part, ast.alias):
            binds.add((part.asname or part.name).partition(".")[0])
        elif isinstance(part, DEFINES):
            binds.add(part.name)
            defines = True
        if isinstance(getattr(part, "ctx", None), ast.Store | ast.Del):
            binds |= {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}  # x, of x[0].y = 1
    return Statement(cell, code, defines, reads, binds)


def global_names(code: types.CodeType) -> set[str]:
    """The global names, and names of attributes, in the code and in the functions inside it."""
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return set(code.co_names).union(*map(global_names, inner))


def in_time(code: types.CodeType, namespace: dict) -> None:
    """Executes one statement; TimeoutError after STATEMENT_SECONDS of processor time."""

    def stop(signum: int, frame: object) -> None:
        raise TimeoutError(f"stopped after {STATEMENT_SECONDS:g} s: a notebook is read for its definitions")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, STATEMENT_SECONDS)
    try:
        exec(code, namespace)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
