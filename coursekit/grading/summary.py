"""What a class did at each check: the share that passed, and the hint that was needed most."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class CheckSummary:
    """One check over the class: of `n` submissions `passed` and `not_started`; `hint` was given `hinted` times."""

    lesson: str
    id: str
    max_points: float
    n: int
    passed: int
    not_started: int
    hint: str
    hinted: int


def summarise(results: Iterable[dict]) -> list[CheckSummary]:
    """A summary of each check in the order of the results, lesson after lesson."""
    found: dict[tuple[str, str], list[dict]] = {}
    for result in sorted(results, key=lambda result: result["lesson"]):
        for name, check in by_id(result).items():
            found.setdefault((result["lesson"], name), []).append(check)
    return [_summary(lesson, checks) for (lesson, _), checks in found.items()]


def by_id(result: dict) -> dict[str, dict]:
    """The checks of a result by id; of a public and a private one of one id the sum, and the first not passed."""
    found: dict[str, dict] = {}
    for check in result["checks"]:
        other = found.get(check["id"])
        if other:
            points = {key: other[key] + check[key] for key in ("points", "max_points")}
            check = (check if other["status"] == "passed" else other) | points
        found[check["id"]] = check
    return found


def hint(message: str) -> str:
    """The last line of a message: there a check names the mistake."""
    return (message.strip().splitlines() or [""])[-1].strip()


def _summary(lesson: str, checks: list[dict]) -> CheckSummary:
    statuses = Counter(check["status"] for check in checks)
    wrong = [check for check in checks if check["status"] == "failed"]  # they are told more than crashes
    unanswered = [check for check in checks if check["status"] not in ("passed", "not_started")]
    hints = Counter(hint(check["message"]) for check in wrong or unanswered)
    del hints[""]
    commonest, times = hints.most_common(1)[0] if hints else ("", 0)
    most, passed, not_started = checks[0]["max_points"], statuses["passed"], statuses["not_started"]
    return CheckSummary(lesson, checks[0]["id"], most, len(checks), passed, not_started, commonest, times)
