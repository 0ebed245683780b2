"""What a reader has done so far: the last result of each exercise's check, and what the exercises are worth."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = "COURSEKIT_PROGRESS"  # names another file
STATUSES = ("passed", "failed", "stopped", "not_started")


@dataclass(frozen=True)
class Row:
    """One exercise and what became of it."""

    id: str
    difficulty: int
    minutes: int
    points: int
    status: str

    @property
    def earned(self) -> int:
        return self.points if self.status == "passed" else 0


def store() -> Path:
    """The file of the results: work/.progress.json in the clone."""
    return Path(os.environ.get(PLACE) or ROOT / "work" / ".progress.json")


def load() -> dict[str, str]:
    """The last status of each exercise that was ever checked; a file that cannot be read counts as none."""
    try:
        found = json.loads(store().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        {str(name): status for name, status in found.items() if status in STATUSES} if isinstance(found, dict) else {}
    )


def record(exercise: str, status: str) -> None:
    """Store the status of an exercise; a stub takes nothing back, and a folder that cannot be written is no error."""
    results = load()
    if status == "not_started" and exercise in results:
        return
    path = store()
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(results | {exercise: status}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()


def rows(exercises: Path) -> list[Row]:
    """A row for each exercise of the notebooks in the folder `exercises`, in the order of the course."""
    results = load()
    found = []
    for path in sorted(exercises.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for facts in notebook["metadata"].get("coursekit", {}).get("exercises", []):
            found.append(Row(**facts, status=results.get(facts["id"], "not_started")))
    return found
