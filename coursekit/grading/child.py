"""Runs in the locked child: executes a submission and answers calls of its functions with plain data.

Nothing here is trusted by the grader: the submission shares this process and may change all of it. Requests are
("load", cells, is_notebook), ("call", seed, name, args, kwargs) and ("probe", seed, source, name, kwargs); each is
answered by a dict with "status": "returned" (then "result", "args", "kwargs"), "raised" (then "kind", "message" and
"place", the line of the submission), "not_started" or "missing", and "forbidden" with the names of hidden modules that
were asked for.
"""

import linecache
import os
import random
import sys
import traceback
import types
from collections.abc import Callable
from typing import TextIO

import numpy as np
import torch

from coursekit.grading import wire
from coursekit.grading.definitions import Notebook
from coursekit.grading.standins import replace_checks

FILE = "your file"  # a notebook's cells are "cell 3 of your notebook"; both stand in messages as they are


class Submission:
    """What a submission defines, and how names are looked up in it."""

    def __init__(self):
        self.module = sys.modules["submission"] = types.ModuleType("submission")
        self.notebook: Notebook | None = None

    def get(self, name: str) -> object:
        return self.notebook.get(name) if self.notebook else vars(self.module).get(name)


def serve(channel: int, hidden: tuple[str, ...]) -> None:
    """Answers requests until the grader closes the channel."""
    replace_checks()
    forbidden = ForbiddenModules(hidden)
    sys.meta_path.insert(0, forbidden)
    submission = Submission()
    sys.stdout, sys.stderr = lines_to(1), lines_to(2)
    wire.send(channel, wire.encode("ready"))
    while True:
        try:
            kind, *request = wire.receive(channel)
        except EOFError:
            return
        answer = guarded({"load": load, "call": call, "probe": probe}[kind], submission, *request)
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
        told = raised(error) | {"message": f"what it returned cannot be sent: {text_of(error)}"}
        return wire.encode({"forbidden": answer["forbidden"]} | told)


def guarded(action: Callable[..., dict], *arguments: object) -> dict:
    """The action's answer, or an answer that describes what it raised, SystemExit and KeyboardInterrupt included."""
    try:
        return action(*arguments)
    except BaseException as error:
        return raised(error)


def raised(error: BaseException) -> dict:
    """The answer for an exception: its type, its text, and the last line of the submission that it passed through."""
    frames = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    own = [(file, number) for file, number in frames if file.endswith(FILE) or file.endswith("your notebook")]
    if isinstance(error, NotImplementedError) and own[-1:] == frames[-1:]:  # torch raises it too
        return {"status": "not_started"}
    place = ""
    if own:
        file, number = own[-1]
        place = f" in line {number} of {file}, `{linecache.getline(file, number).strip()[:200]}`,"
    return {"status": "raised", "kind": type(error).__name__, "message": text_of(error), "place": place}


def text_of(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # a submission's own exception may fail to print
        return "its message cannot be shown"


def load(submission: Submission, cells: list[list[str]], is_notebook: bool) -> dict:
    """Executes a file whole, or reads a notebook for its definitions; the result tells what of it failed."""
    if is_notebook:
        submission.notebook = Notebook(submission.module, cells)
        return {"status": "returned", "result": submission.notebook.skipped[:20]}
    source = cells[0][0]
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    exec(compile(source, FILE, "exec"), vars(submission.module))
    return {"status": "returned", "result": []}


def call(submission: Submission, seed: int, name: str, args: list, kwargs: dict) -> dict:
    """Calls the submission's function; with the result go the arguments as they are after the call."""
    function = submission.get(name)
    if function is None:
        return {"status": "missing"}
    reseed(seed)
    result = function(*args, **kwargs)
    return {"status": "returned", "result": result, "args": args, "kwargs": kwargs}


def probe(submission: Submission, seed: int, source: str, name: str, kwargs: dict) -> dict:
    """Runs a check's probe on the submission; a function that is not there reads as missing."""
    namespace = {"torch": torch}
    exec(compile("from __future__ import annotations\n" + source, "probe.py", "exec"), namespace)
    reseed(seed)
    try:
        result = namespace[name](Definitions(submission), **kwargs)
    except Missing:
        return {"status": "missing"}
    return {"status": "returned", "result": result, "args": [], "kwargs": {}}


class Missing(Exception):
    """The submission does not define a name that a probe asked for."""


class Definitions:
    """The submission's names as attributes."""

    def __init__(self, submission: Submission):
        self._submission = submission

    def __getattr__(self, name: str) -> object:
        found = self._submission.get(name)
        if found is None:
            raise Missing(name)
        return found


def reseed(seed: int) -> None:
    """Seeds the global generators: a call draws the same numbers at every regrade.

    torch's own directly: `torch.manual_seed` prepares devices that are not here, and takes longer than most answers.
    """
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    os.environ["COURSEKIT_GRADING"] = "1"
