"""Grades a class with several pytest processes on this machine, each with its share of the submissions."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coursekit.grading import results, sandbox
from coursekit.grading.launch import launch
from coursekit.grading.layouts import Found

LOOK = 0.1  # s between two looks at the results
ROUNDS = 3  # what a job that was lost has left undone is given to another one
PYTEST = [sys.executable, "-P", "-m", "pytest", "-c", os.devnull, "--noconftest", "-p", "coursekit.grading.plugin"]
NEEDLESS = ("cacheprovider", "logging", "faulthandler", "warnings", "unraisableexception", "threadexception")
QUICKER = ["-q", "--tb=no", "--no-summary", "--capture=no", *(f"-pno:{name}" for name in NEEDLESS)]
UNGRADED = "ungraded: "  # as in grader.py, which imports torch
REFUSED = (2, 4)  # exit codes of pytest: a file of checks cannot be imported; an error of usage


class BrokenExercise(Exception):
    """pytest refuses to grade: a check's own reference fails, or the checks cannot be read."""


@dataclass(frozen=True)
class Plan:
    """What every job is told: files of checks, isolation level, the secret behind the inputs, and the limits."""

    checks: tuple[Path, ...]
    isolation: str
    secret: str
    call_seconds: float = 3.0
    clock_seconds: float = 60.0

    def command(self, found: list[Found], results: Path, listing: Path) -> list[str]:
        """The command that grades these submissions; writes their list to the file `listing`."""
        entries = [[one.student, str(one.path), one.lesson[:2], one.note, one.refused] for one in found]
        listing.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
        where = ["--submissions-from", str(listing), "--results", str(results), "--resume"]
        how = [f"--isolation={self.isolation}", f"--secret={self.secret}"]
        limits = [f"--call-seconds={self.call_seconds}", f"--clock-seconds={self.clock_seconds}"]
        return [*PYTEST, *QUICKER, *map(str, self.checks), *where, *how, *limits]


def environment() -> dict[str, str]:
    """The environment of a job: no options or plugins of others, one thread, coursekit found where it is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    fixed = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    return kept | fixed | {"PYTHONPATH": str(sandbox.package().parent), "PYTHONDONTWRITEBYTECODE": "1"}


def grade(
    plan: Plan, found: list[Found], path: Path, n_jobs: int, work: Path, tell: Callable[[int], None]
) -> list[str]:
    """Appends the results of the submissions to the file `path`; what it holds already is not graded again.

    `work` is a folder for lists and logs, `tell` is called with the number of results so far. BrokenExercise if pytest
    refuses. What no job could grade is missing in the file; returned is why, as far as that is known.
    """
    return in_rounds(found, path, lambda missing: run_jobs(plan, missing, path, min(n_jobs, len(missing)), work, tell))


def in_rounds(found: list[Found], path: Path, run: Callable[[list[Found]], list[str]]) -> list[str]:
    """Calls `run` with what the file of results lacks, and again with what a lost job has left undone.

    `run` returns what the jobs said of submissions that they could not grade; so does this, of the last round.
    """
    said: list[str] = []
    for _ in range(ROUNDS):
        known = results.stored(path)
        missing = [one for one in found if (one.student, one.lesson) not in known]
        if not missing:
            return []
        said = run(missing)
    return said


def deal(found: list[Found], n_jobs: int) -> list[list[Found]]:
    """The submissions in as many shares as there are jobs, shuffled: endless loops must not all fall to one of them."""
    shuffled = random.Random(0).sample(found, len(found))
    return [shuffled[i::n_jobs] for i in range(n_jobs)]


def run_jobs(
    plan: Plan, found: list[Found], path: Path, n_jobs: int, work: Path, tell: Callable[[int], None]
) -> list[str]:
    shares = deal(found, n_jobs)
    launched = launch(plan.isolation, n_jobs)
    jobs, logs = [], [work / f"job{i}.log" for i in range(n_jobs)]
    try:
        for i, (connection, share, log) in enumerate(zip(launched.sockets, shares, logs, strict=True)):
            fd = connection.fileno()
            command = plan.command(share, path, work / f"job{i}.jsonl") + [f"--zygote={fd}"]
            jobs.append(started(command, log, work, (fd,)))
        for connection in launched.sockets:
            connection.close()
        while any(job.poll() is None for job in jobs):
            time.sleep(LOOK)
            tell(lines(path))
    finally:
        for job in jobs:
            job.kill()  # nothing to kill unless we were interrupted
            job.wait()
        launched.end()
    said = [log.read_text(encoding="utf-8", errors="replace") for log in logs]
    for job, text in zip(jobs, said, strict=True):
        check_ended(job.returncode, text)
    return [reason for text in said for reason in reasons(text)]


def started(command: list[str], log: Path, work: Path, fds: tuple[int, ...] = ()) -> subprocess.Popen:
    """A job that writes what it says to the file `log`; an interrupt of the terminal does not reach it."""
    settings = {"cwd": work, "env": environment(), "stdin": subprocess.DEVNULL, "pass_fds": fds}
    with open(log, "wb") as said:
        return subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True, **settings)


def check_ended(code: int, said: str) -> None:
    """BrokenExercise, with what pytest said, if it refused; a job that was lost is no error, another one goes on."""
    if code in REFUSED:
        raise BrokenExercise(said[-3000:].strip())


def reasons(said: str) -> list[str]:
    """Why submissions have no result, from what a job has said."""
    return [line.removeprefix(UNGRADED) for line in said.splitlines() if line.startswith(UNGRADED)]


def lines(path: Path) -> int:
    """How many results the file holds."""
    return path.read_bytes().count(b"\n") if path.exists() else 0
