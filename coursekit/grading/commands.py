"""`coursekit grade`: from a folder or zip of submissions to results and reports, with one exit code."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from coursekit.grading import jobs, results, sandbox
from coursekit.grading.intake import Refused, unpack
from coursekit.grading.layouts import Found, find_submissions
from coursekit.grading.roster import Roster, match, read_roster
from coursekit.grading.summary import summarise
from coursekit.grading.words import one_line

GRADED, USAGE, UNGRADED, NO_ISOLATION, INTERRUPTED = 0, 2, 3, 4, 130
SHOWN = 40  # notes on the terminal; all of them are in notes.txt


class Stop(Exception):
    """Grading cannot begin, or not end; `code` is the command's exit code."""

    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line; see `coursekit grade --help`."""

    submissions: Path
    out: Path
    lesson: str = ""
    n_jobs: int = 0
    isolation: str = "auto"
    roster: Path | None = None
    seed: int | None = None
    resume: bool = False
    scheduler: str = ""
    checks: Path | None = None
    call_seconds: float = 3.0


def grade(order: Order, console: Console) -> int:
    """Grades and reports; the exit code."""
    try:
        return _grade(order, console)
    except Stop as stop:
        console.print(str(stop), markup=False, style="red")
        return stop.code
    except KeyboardInterrupt:
        console.print("Interrupted. The same command with --resume goes on where it stopped.")
        return INTERRUPTED


def _grade(order: Order, console: Console) -> int:
    order = replace(order, out=order.out.resolve())  # the jobs run in a folder of their own
    level = isolation(order)
    files, stems = checks(order)
    roster = roster_of(order)
    path = order.out / "results.jsonl"
    if path.exists() and not order.resume:
        raise Stop(USAGE, f"{path} holds results: go on with --resume, or give another --out")
    order.out.mkdir(parents=True, exist_ok=True)
    plan = jobs.Plan(files, level, secret(order), order.call_seconds)
    with folder_for_work(order.out) as work:
        found, left = submissions(order, work, stems)
        with progress(console, len(found), jobs.lines(path)) as tell:
            try:
                reasons = run(order, plan, found, path, work, tell)
            except jobs.BrokenExercise as broken:
                raise Stop(USAGE, f"The checks cannot be used.\n{broken}") from None
            except (ValueError, OSError) as error:
                raise Stop(USAGE, f"--scheduler {order.scheduler}: {error}") from None
    stored = results.stored(path)
    keys = [(one.student, one.lesson) for one in found]
    results.rewrite(path, stored, [*keys, *sorted(stored.keys() - set(keys))])
    ungraded = [f"{key[0]}, {key[1]}: could not be graded" for key in keys if key not in stored]
    if roster:
        handed_in = {one.student for one in found}
        left += [f"{row}: in the roster, and nothing was handed in" for row in match(roster, handed_in).without_result]
    report(order, list(results.stored(path).values()), roster, [*ungraded, *reasons, *left], console)
    return UNGRADED if ungraded else GRADED


def isolation(order: Order) -> str:
    """The level that is taken; workers of a scheduler choose for themselves."""
    if order.scheduler:
        return order.isolation
    try:
        return sandbox.chosen(order.isolation)
    except sandbox.SandboxError as error:
        raise Stop(NO_ISOLATION, str(error)) from None


def checks(order: Order) -> tuple[tuple[Path, ...], dict[str, str]]:
    """The files of checks that are asked for, and the lessons that they belong to: NN -> NN_topic."""
    folders = [sandbox.package() / "checks", *filter(None, [order.checks])]
    number = order.lesson[:2].zfill(2) if order.lesson else "[0-9][0-9]"
    files = [path.resolve() for folder in folders for path in sorted(folder.glob(f"test_{number}_*.py"))]
    stems: dict[str, str] = {}
    for path in files:
        stems.setdefault(path.stem[5:7], path.stem[5:])
    if not files:
        raise Stop(USAGE, f"no checks for lesson {order.lesson!r} in {', '.join(map(str, folders))}")
    if order.checks and not any(path.is_relative_to(order.checks.resolve()) for path in files):
        raise Stop(USAGE, f"{order.checks} has no file test_{number}_*.py")
    return tuple(files), stems


def roster_of(order: Order) -> Roster | None:
    try:
        return read_roster(order.roster) if order.roster else None
    except (OSError, ValueError) as error:
        raise Stop(USAGE, f"roster: {error}") from None


def secret(order: Order) -> str:
    """What the random inputs are drawn from: --seed, or what is kept in OUT/seed.txt for a regrade; new otherwise."""
    path = order.out / "seed.txt"
    kept = path.read_text(encoding="ascii").strip() if path.exists() else ""
    asked = "" if order.seed is None else str(order.seed)
    if kept and asked and kept != asked and (order.out / "results.jsonl").exists():
        raise Stop(USAGE, f"{order.out} was begun with another seed: leave --seed out, or give another --out")
    chosen = asked or kept or str(secrets.randbits(63))
    path.touch(mode=0o600)
    path.write_text(chosen + "\n", encoding="ascii")
    return chosen


@contextmanager
def folder_for_work(out: Path) -> Iterator[Path]:
    """A folder inside OUT for lists, logs and unpacked files; one that a kill has left is emptied first."""
    work = (out / ".work").resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def submissions(order: Order, work: Path, stems: dict[str, str]) -> tuple[list[Found], list[str]]:
    """What is to be graded, and in words what is not."""
    folder = order.submissions.resolve()
    if folder.is_file():
        folder = work / "unpacked"
        folder.mkdir()
        try:
            unpack(order.submissions, folder)
        except (Refused, OSError) as error:
            raise Stop(USAGE, f"{order.submissions}: {error}") from None
    if not folder.is_dir():
        raise Stop(USAGE, f"{order.submissions} is no folder and no zip")
    found, left = find_submissions(folder, stems, order.lesson[:2].zfill(2) if order.lesson else "")
    if not found:
        hint = "" if order.lesson else ": files named STUDENT.ipynb need --lesson NN"
        raise Stop(USAGE, "\n".join([f"no submission in {order.submissions}{hint}", *left[:20]]))
    return found, left


def run(
    order: Order, plan: jobs.Plan, found: list[Found], path: Path, work: Path, tell: Callable[[int], None]
) -> list[str]:
    if order.scheduler:
        from coursekit.grading.cluster import grade_on_cluster

        return grade_on_cluster(order.scheduler, plan, found, path, tell)
    n_jobs = order.n_jobs or len(os.sched_getaffinity(0))
    return jobs.grade(plan, found, path, n_jobs, work, tell)


@contextmanager
def progress(console: Console, n: int, done: int) -> Iterator[Callable[[int], None]]:
    """A bar with the time left, on a terminal; yields the function to tell it how many are done."""
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=n, completed=done)
        yield lambda count: bar.update(task, completed=min(count, n))


def report(order: Order, graded: list[dict], roster: Roster | None, left: list[str], console: Console) -> None:
    """Writes the exports and prints the table of the class and everything that somebody should look at."""
    from coursekit.grading import exports

    written = exports.write_all(graded, order.out, roster)
    matching = match(roster, [result["submission"] for result in graded])
    console.print(table_of(graded))
    remarks = [f"{one['submission']}, {one['lesson']}: {one['note']}" for one in graded if one.get("note")]
    remarks += [*left, *(roster.notes if roster else ())]
    remarks += [f"{name}: handed in, and not in the roster" for name in matching.without_row]
    if any(result["isolation"] == "none" for result in graded):
        remarks.append("NO ISOLATION: what was graded could read and change whatever you can. For your own work only.")
    (order.out / "notes.txt").write_text("".join(one_line(text) + "\n" for text in remarks), encoding="utf-8")
    told = [one_line(text) for text in remarks[:SHOWN]]
    told += [f"and {len(remarks) - SHOWN} more notes in {order.out / 'notes.txt'}"] if len(remarks) > SHOWN else []
    told += [f"{len(written) + 2} files in {order.out}: results.jsonl, notes.txt, class.html, feedback/ and more"]
    console.print("\n".join(told), markup=False, highlight=False)


def table_of(graded: list[dict]) -> Table:
    """What the class knows: for each check the share that passed and the hint that was given most often."""
    table = Table("check", "passed", "not started", "commonest hint", title=f"{len(graded)} results")
    for check in summarise(graded):
        share = f"{check.passed} of {check.n} ({100 * check.passed // check.n} %)"
        hint = f"{one_line(check.hint)} ({check.hinted} of {check.n})" if check.hint else ""
        table.add_row(check.id, share, str(check.not_started), Text(hint))  # Text: brackets in it mean nothing
    return table
