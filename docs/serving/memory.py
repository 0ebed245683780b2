"""What each student's server and kernels hold in memory now, in MB: `sudo .venv/bin/python docs/serving/memory.py`.

`private` is freed when the process ends (USS); `share` adds its part of the pages that it shares with others, such as
torch's code (PSS): the sum of that column is what the class takes. Linux only.
"""

import contextlib
from dataclasses import dataclass

import psutil

KINDS = {"jupyterhub.singleuser": "server", "ipykernel_launcher": "kernel"}


@dataclass(frozen=True)
class Process:
    """One process of a student; `private` and `share` in MB, `seconds` of processor time since it began."""

    student: str
    kind: str
    pid: int
    private: float
    share: float
    seconds: float


def processes() -> list[Process]:
    """Every process that a JupyterHub started for a student, as far as one may look into it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if student := process.environ().get("JUPYTERHUB_USER"):
                line, memory, times = " ".join(process.cmdline()), process.memory_full_info(), process.cpu_times()
                kind = next((kind for word, kind in KINDS.items() if word in line), "other")
                sizes = memory.uss / 1e6, memory.pss / 1e6
                found.append(Process(student, kind, process.pid, *sizes, times.user + times.system))
    return sorted(found, key=lambda process: (process.student, process.pid))


def main() -> None:
    rows = processes()
    print(f"{'student':<16}{'':<8}{'pid':>8}{'private':>9}{'share':>8}{'seconds':>9}")
    for row in rows:
        print(f"{row.student:<16}{row.kind:<8}{row.pid:>8}{row.private:>9.0f}{row.share:>8.0f}{row.seconds:>9.0f}")
    students = {row.student for row in rows}
    print(f"{len(students)} students: {sum(row.share for row in rows):.0f} MB")


if __name__ == "__main__":
    main()
