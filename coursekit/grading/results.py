"""Results as they are stored: one JSON object a line, written as soon as a submission is done.

{"submission", "lesson", "points", "max_points", "isolation", "checks": [{"id", "points", "max_points", "status",
"message"}]}, and "note" if there is something to tell of the whole; `status` is one of STATUSES. No time and no random
number is in them: a regrade is byte-identical.
"""

import contextlib
import hashlib
import hmac
import json
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # not Linux: nothing is graded there, but all can be imported
    flock = None

STATUSES = ("passed", "failed", "not_started", "error", "timeout", "crashed", "violation")
MAX_MESSAGE = 1000
UNPRINTABLE = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]"  # terminal codes
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"  # control and direction characters
)


@dataclass(frozen=True)
class Check:
    """The outcome of one check: `points` of `max_points`, and a message for the student."""

    id: str
    points: float
    max_points: float
    status: str
    message: str = ""


@dataclass(frozen=True)
class Result:
    """The outcome of one submission."""

    submission: str
    lesson: str
    isolation: str
    checks: tuple[Check, ...]
    note: str = ""

    def line(self) -> str:
        """The object that is stored, on one line of ASCII."""
        points, most = sum(check.points for check in self.checks), sum(check.max_points for check in self.checks)
        head = {"submission": self.submission, "lesson": self.lesson, "points": points, "max_points": most}
        checks = [asdict(check) for check in self.checks]
        note = {"note": self.note} if self.note else {}
        return json.dumps(head | {"isolation": self.isolation, "checks": checks} | note) + "\n"


def seed_for(secret: str, *names: str) -> int:
    """A seed below 2**63, equal for all submissions, unknown without the secret (HMAC-SHA256 of the names)."""
    message = "\0".join(names).encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.digest(secret.encode(), message, hashlib.sha256)[:8], "big") >> 1


def printable(text: str) -> str:
    """The text without terminal codes, control and direction characters, at most MAX_MESSAGE characters long."""
    clean = UNPRINTABLE.sub("", text[: 10 * MAX_MESSAGE]).encode("utf-8", "replace").decode()
    return clean if len(clean) <= MAX_MESSAGE else clean[: MAX_MESSAGE - 3] + "..."


def append(path: Path, result: Result) -> None:
    """Adds one line, whole or not at all as far as `stored` is concerned; safe for several writers."""
    with open(path, "a+b") as file:
        flock(file, LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        cut = file.read() not in (b"", b"\n")  # by a kill in the midst of a line
        file.write(b"\n" * cut + result.line().encode())


Key = tuple[str, str]  # submission and lesson


def stored(path: Path) -> dict[Key, dict]:
    """Results by submission and lesson; a last line that was cut off by a kill is not counted."""
    results = {}
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            with contextlib.suppress(ValueError, KeyError, TypeError):
                result = json.loads(line)
                results.setdefault((result["submission"], result["lesson"]), result)
    return results


def rewrite(path: Path, results: dict[Key, dict], order: Iterable[Key]) -> None:
    """Replaces the file, atomically, by the results in the given order: no cut line, the same at every regrade."""
    lines = [json.dumps(results[key]) + "\n" for key in order if key in results]
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
