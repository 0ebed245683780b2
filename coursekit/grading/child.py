"""Runs in the locked child: executes a submission and answers calls of its functions with plain data.

Nothing here is trusted by the grader: the submission shares this process and may change all of it. Requests are
("load", cells, is_notebook), ("call", seed, name, args, kwargs) and ("probe", seed, source, name, kwargs); each is
answered by a dict with "status": "returned" (then "result", "args", "kwargs"), "raised" (then "kind", "message"),
"not_started" or "missing", and "forbidden" with the names of hidden modules that were asked for.
"""

import ast
import linecache
import os
import random
import signal
import sys
import types
from collections.abc import Callable
from typing import TextIO

import numpy as np
import torch

from coursekit.grading import wire

FILE = "submission.py"
STATEMENT_SECONDS = 2.0  # of processor time for one statement of a notebook: definitions are quick, training is not


def serve(channel: int, hidden: tuple[str, ...]) -> None:
    """Answers requests until the grader closes the channel."""
    forbidden = ForbiddenModules(hidden)
    sys.meta_path.insert(0, forbidden)
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    sys.stdout, sys.stderr = lines_to(1), lines_to(2)
    wire.send(channel, wire.encode("ready"))
    while True:
        try:
            kind, *request = wire.receive(channel)
        except EOFError:
            return
        answer = guarded({"load": load, "call": call, "probe": probe}[kind], module, *request)
        answer["forbidden"] = list(forbidden.asked_for)
        forbidden.asked_for.clear()
        wire.send(channel, framed(answer))


def lines_to(fd: int) -> TextIO:
    """A text stream to a descriptor, written at each line's end: what is printed arrives before the answer."""
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


class ForbiddenModules:
    """Refuses to import modules that hold an exercise's answers, and remembers which were asked for.

    A courtesy with a clear message: the lock that holds is the list of files that may be read.
    """

    def __init__(self, hidden: tuple[str, ...]):
        self.hidden = ("coursekit.checks", *hidden)
        self.asked_for: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if any(name == module or name.startswith(module + ".") for module in self.hidden):
            self.asked_for.append(name)
            raise ImportError(f"{name} holds the answers of this exercise and cannot be imported here")


def framed(answer: dict) -> bytes:
    """The frame of an answer; if its result is too large or fails to be read, the frame of an answer that says so."""
    try:
        return wire.encode(answer)
    except BaseException as error:
        told = {"kind": type(error).__name__, "message": f"what it returned cannot be sent: {message_of(error)}"}
        return wire.encode({"status": "raised", "forbidden": answer["forbidden"]} | told)


def guarded(action: Callable[..., dict], *arguments: object) -> dict:
    """The action's answer, or an answer that describes what it raised, SystemExit and KeyboardInterrupt included."""
    try:
        return action(*arguments)
    except NotImplementedError:
        return {"status": "not_started"}
    except BaseException as error:
        return {"status": "raised", "kind": type(error).__name__, "message": message_of(error)}


def message_of(error: BaseException) -> str:
    """The exception's text and the last line of the submission it passed through."""
    try:
        text = str(error)
    except BaseException:  # a submission's own exception may fail to print
        text = "its message cannot be shown"
    lines = [] if not isinstance(error, SyntaxError) else [error.lineno]
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILE:
            lines.append(step.tb_lineno)
        step = step.tb_next
    return text if not lines or isinstance(error, SyntaxError) else f"{text} (line {lines[-1]} of your file)"


def load(module: types.ModuleType, cells: list[list[str]], is_notebook: bool) -> dict:
    """Executes the submission: a file whole, a notebook statement by statement, past those that fail."""
    if not is_notebook:
        source = cells[0][0]
        linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
        exec(compile(source, FILE, "exec"), vars(module))
        return {"status": "returned", "result": None}
    skipped = []
    for source, without_magics in cells:
        for statement in statements_of(source, without_magics, skipped):
            try:
                in_time(statement, vars(module))
            except BaseException as error:  # an exit too: a notebook is read for its definitions
                skipped.append(f"{type(error).__name__}: {message_of(error)}"[:300])
    return {"status": "returned", "result": skipped[:20]}


def statements_of(source: str, without_magics: str, skipped: list[str]) -> list[ast.stmt]:
    """What a cell defines, imports or assigns; bare calls (plots, checks, training) define nothing and are left out."""
    for text in (source, without_magics):
        try:
            statements = ast.parse(text, FILE).body
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"[:300]
        else:
            return [statement for statement in statements if not isinstance(statement, ast.Expr)]
    skipped.append(failure)
    return []


def in_time(statement: ast.stmt, namespace: dict) -> None:
    """Executes one statement; TimeoutError after STATEMENT_SECONDS of processor time."""

    def stop(signum: int, frame: object) -> None:
        raise TimeoutError(f"stopped after {STATEMENT_SECONDS:g} s: a notebook is read for its definitions")

    code = compile(ast.Module([statement], type_ignores=[]), FILE, "exec")
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, STATEMENT_SECONDS)
    try:
        exec(code, namespace)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def call(module: types.ModuleType, seed: int, name: str, args: list, kwargs: dict) -> dict:
    """Calls the submission's function; with the result go the arguments as they are after the call."""
    function = vars(module).get(name)
    if function is None:
        return {"status": "missing"}
    reseed(seed)
    result = function(*args, **kwargs)
    return {"status": "returned", "result": result, "args": args, "kwargs": kwargs}


def probe(module: types.ModuleType, seed: int, source: str, name: str, kwargs: dict) -> dict:
    """Runs a check's probe on the submission; a function that is not there reads as missing."""
    namespace: dict = {}
    exec(compile("from __future__ import annotations\n" + source, "probe.py", "exec"), namespace)
    reseed(seed)
    try:
        result = namespace[name](Definitions(module), **kwargs)
    except Missing:
        return {"status": "missing"}
    return {"status": "returned", "result": result, "args": [], "kwargs": {}}


class Missing(Exception):
    """The submission does not define a name that a probe asked for."""


class Definitions:
    """The submission's names as attributes."""

    def __init__(self, module: types.ModuleType):
        self._module = module

    def __getattr__(self, name: str) -> object:
        try:
            return vars(self._module)[name]
        except KeyError:
            raise Missing(name) from None


def reseed(seed: int) -> None:
    """Seeds the global generators: a call draws the same numbers at every regrade."""
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    os.environ["COURSEKIT_GRADING"] = "1"
