"""Grades a class on the workers of a dask scheduler: bytes go in, lines of JSON come back, one job a worker.

A worker runs the pytest command that a job of this machine runs, with a zygote and a folder of its own. Private checks
travel too, so that a worker needs nothing but coursekit.
"""

import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from coursekit.grading import jobs, sandbox
from coursekit.grading.intake import MAX_NOTEBOOK, Refused, read_plain_file
from coursekit.grading.layouts import Found


@dataclass(frozen=True)
class Parcel:
    """A submission on its way: the bytes of its file, or why they are not read."""

    student: str
    lesson: str
    note: str
    suffix: str
    data: bytes = b""
    refused: str = ""


def grade_on_cluster(
    address: str, plan: jobs.Plan, found: list[Found], path: Path, tell: Callable[[int], None]
) -> list[str]:
    """Appends the results of the submissions to the file `path`, as `jobs.grade` does; ValueError without workers."""
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("--scheduler needs dask: pip install 'coursekit[class]'") from None
    with Client(address, timeout=30) as client:
        collector = Collector(path)
        topic = f"coursekit-{secrets.token_hex(8)}"
        client.subscribe_topic(topic, lambda event: collector.add([event[1]]))

        def run(missing: list[Found]) -> list[str]:
            futures = submitted(client, plan, missing, topic)
            while not all(future.done() for future in futures):
                time.sleep(jobs.LOOK)
                tell(jobs.lines(path))
            ended = [future.result() for future in futures]
            for code, said, lines in ended:
                collector.add(lines)
                jobs.check_ended(code, said)
            return [reason for _, said, _ in ended for reason in jobs.reasons(said)]

        reasons = jobs.in_rounds(found, path, run)
        client.unsubscribe_topic(topic)
        return reasons


def submitted(client, plan: jobs.Plan, found: list[Found], topic: str) -> list:
    """One future per worker: its share of the submissions."""
    workers = sorted(client.nthreads())
    if not workers:
        raise ValueError(f"the scheduler has no workers: start some with `dask worker {client.scheduler.address}`")
    root, n = sandbox.package(), len(workers)
    checks = [(str(file.relative_to(root)), b"") for file in plan.checks if file.is_relative_to(root)]
    checks += [(file.name, file.read_bytes()) for file in plan.checks if not file.is_relative_to(root)]
    shares = [[packed(one) for one in found[i::n]] for i in range(min(n, len(found)))]
    return [
        client.submit(grade_share, plan, checks, share, topic, workers=[worker], allow_other_workers=True, pure=False)
        for worker, share in zip(workers, shares, strict=False)
    ]


def packed(one: Found) -> Parcel:
    parcel = Parcel(one.student, one.lesson, one.note, one.path.suffix)
    try:
        return replace(parcel, data=read_plain_file(one.path, MAX_NOTEBOOK))
    except Refused as refusal:
        return replace(parcel, refused=str(refusal))


class Collector:
    """Appends lines to the results file, each once: they come as events and once more at the end."""

    def __init__(self, path: Path):
        self.path, self.seen, self.lock = path, set(), threading.Lock()

    def add(self, lines: list[str]) -> None:
        with self.lock, open(self.path, "a", encoding="ascii") as file:
            file.writelines(line for line in lines if line not in self.seen)
            self.seen.update(lines)


def grade_share(
    plan: jobs.Plan, checks: list[tuple[str, bytes]], parcels: list[Parcel], topic: str
) -> tuple[int, str, list[str]]:
    """Runs on a worker: the job's exit code, what it said, and the lines of its results, each told as it comes."""
    from distributed import get_worker

    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
        work = Path(folder)
        files = [work / name if data else sandbox.package() / name for name, data in checks]
        for file, (_, data) in zip(files, checks, strict=True):
            if data:
                file.write_bytes(data)
        found = []
        for number, parcel in enumerate(parcels):
            path = work / f"{number}{parcel.suffix}"
            path.write_bytes(parcel.data)
            found.append(Found(parcel.student, parcel.lesson, path, parcel.note, parcel.refused))
        results, log, told = work / "results.jsonl", work / "job.log", 0
        job = jobs.started(replace(plan, checks=tuple(files)).command(found, results, work / "list.jsonl"), log, work)
        while True:
            ended = job.poll() is not None
            lines = results.read_text(encoding="ascii").splitlines(keepends=True) if results.exists() else []
            lines = [line for line in lines if line.endswith("\n")]
            for line in lines[told:]:
                get_worker().log_event(topic, line)
            told = len(lines)
            if ended:
                return job.returncode, log.read_text(encoding="utf-8", errors="replace")[-100_000:], lines
            time.sleep(jobs.LOOK)
