"""Everything that is made of the results: tables for people and learning platforms, feedback pages, machine formats.

The same results give the same bytes: no time, no path and no random number is in any of them.
"""

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from coursekit.grading import machine, pages, tables
from coursekit.grading.roster import Matching, Roster, match

UNSAFE = re.compile(r"[^\w .,'@+()-]")  # in a file name of some system, or in a shell's eyes
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows
MARKED = re.compile(r"-[0-9a-f]{16}$")
FROM_MOODLE = re.compile(r".+_(\d+)", re.DOTALL)  # its name and number of the student; it finds them by the number
LONGEST = 150  # bytes, of the 255 that a file name may have


def write_all(results: list[dict], out: Path, roster: Roster | None = None) -> list[Path]:
    """Writes all reports on the results, objects as in results.jsonl, below `out`; returns their paths.

    grades.csv, class.html, junit.xml; for each submission feedback/NAME_feedback.html; for each result
    gradescope/LESSON/NAME/results.json; with a roster canvas/LESSON.csv and moodle/LESSON.csv; for submissions that
    came from Moodle moodle/feedback.zip. Each file is replaced as a whole.
    """
    matching = match(roster, (result["submission"] for result in results))
    return [_write(Path(out) / name, data) for name, data in _files(results, matching, roster is not None)]


def _files(results: list[dict], matching: Matching, has_roster: bool) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file."""
    names, lessons = (file_names(result[key] for result in results) for key in ("submission", "lesson"))
    feedback = {submission: f"feedback/{name}_feedback.html" for submission, name in names.items()}
    numbered = {}
    yield "grades.csv", tables.grades(results, matching).encode()
    yield "class.html", pages.class_page(results, matching, feedback).encode()
    yield "junit.xml", machine.junit(results).encode()
    for submission, mine in _grouped(results, "submission").items():
        row = matching.rows.get(submission)
        page = pages.student_page(mine, row).encode()
        yield feedback[submission], page
        if from_moodle := FROM_MOODLE.fullmatch(submission):
            name = names[submission].replace("_", "-")
            numbered[f"{name}_{from_moodle[1]}_assignsubmission_file_feedback.html"] = page
        for result in mine:
            place = f"gradescope/{lessons[result['lesson']]}/{names[submission]}/results.json"
            yield place, machine.gradescope(result, row).encode()
    for lesson, those in _grouped(results, "lesson").items() if has_roster else ():
        yield f"canvas/{lessons[lesson]}.csv", tables.canvas(those, matching.rows).encode()
        yield f"moodle/{lessons[lesson]}.csv", tables.moodle(those, matching.rows).encode()
    if numbered:
        yield "moodle/feedback.zip", _zipped(numbered)


def _zipped(files: dict[str, bytes]) -> bytes:
    """A zip of the files, all dated 1980."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        for name, data in files.items():
            entries.writestr(zipfile.ZipInfo(name), data)
    return archive.getvalue()


def _grouped(results: list[dict], key: str) -> dict[str, list[dict]]:
    groups = {}
    for result in results:
        groups.setdefault(result[key], []).append(result)
    return groups


def file_names(names: Iterable[str]) -> dict[str, str]:
    """For each name one that is a file name on any system, stays in its folder, and differs from all the others.

    A name that had to be changed, or that some systems cannot tell from another, ends in a hash of what it was.
    """
    names = list(dict.fromkeys(names))
    safe = {name: _safe(name) for name in names}
    seen = Counter(map(_seen, safe.values()))
    return {
        name: kept if kept == name and seen[_seen(kept)] == 1 and not MARKED.search(kept) else f"{kept}-{_mark(name)}"
        for name, kept in safe.items()
    }


def _safe(name: str) -> str:
    kept = UNSAFE.sub("-", name).lstrip(" .,'@+()-").encode()[:LONGEST].decode(errors="ignore").rstrip(" .")
    return f"_{kept}" if RESERVED.fullmatch(kept) or not kept else kept


def _seen(name: str) -> str:
    """What a file system that knows no capitals makes of a name, and one that has its own form of accents."""
    return unicodedata.normalize("NFKC", name).casefold()


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write(path: Path, data: bytes) -> Path:
    """Replaces a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise
    return path
