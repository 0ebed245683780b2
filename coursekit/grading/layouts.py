"""Finds what each student handed in, in the folders that people and learning platforms make.

STUDENT/NN_topic.{py,ipynb}       one folder a student; deeper folders are looked into
STUDENT.{py,ipynb}                flat, with --lesson
submitted/STUDENT/ASSIGNMENT/     nbgrader
NAME_123_assignsubmission_file/   Moodle, also with the file's name after one more underscore instead of in a folder
name_123_456_NN_topic-1.ipynb     Canvas: student, attachment, the try; name_LATE_123_456_... if it came late
Links are never followed. Nothing is dropped in silence: what belongs to no lesson or no student is listed.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".py", ".ipynb")
DEPTH = 6
IGNORED = ("__MACOSX", "__pycache__")
MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL)
CANVAS = re.compile(r"(?P<student>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
TRY = re.compile(r"(-\d+| ?\(\d+\))$")  # what Canvas and browsers add to a name that is taken


@dataclass(frozen=True)
class Found:
    """What one student handed in for one lesson; `note` is for the report, `refused` says why it is not even read."""

    student: str
    lesson: str
    path: Path
    note: str = ""
    refused: str = ""


@dataclass(frozen=True)
class File:
    """A file, whose it is, and its own name without suffix: "" if its name is the student's."""

    path: Path
    student: str
    stem: str
    late: bool = False


def find_submissions(folder: Path, stems: dict[str, str], lesson: str = "") -> tuple[list[Found], list[str]]:
    """What is to be graded, in the order of students and lessons, and in words what is not.

    `stems` holds the lessons that have checks, NN -> NN_topic. With `lesson`, NN, only that one is graded, and a file
    whose name has no lesson's number is taken for it.
    """
    root = top(folder)
    files: dict[tuple[str, str], list[File]] = {}
    left = []
    for path in sorted(sources(root, DEPTH)):
        file = file_of(path, path.relative_to(root).parts, flat_is_student=bool(lesson))
        number = file.stem[:2] if is_numbered(file, stems) else lesson
        if number and lesson in ("", number):
            files.setdefault((file.student, number), []).append(file)
        else:
            left.append(f"{path.relative_to(folder)}: not graded, its name does not start with the number of a lesson")
    students = {student for student, _ in files}
    for entry in sorted(root.iterdir()):
        if (
            entry.is_dir()
            and not entry.is_symlink()
            and student_of(entry.name) not in students
            and is_plain(entry.name)
        ):
            left.append(f"{entry.relative_to(folder)}: no .py and no .ipynb to grade")
    return [best(stems, number, them) for (_, number), them in sorted(files.items())], left


def top(folder: Path) -> Path:
    """The folder that holds the students: nbgrader's submitted/, or a zip's only folder if that holds folders only."""
    if (folder / "submitted").is_dir():
        return folder / "submitted"
    entries = [entry for entry in folder.iterdir() if is_plain(entry.name)]
    if len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink():
        inside = [entry for entry in entries[0].iterdir() if is_plain(entry.name)]
        if inside and all(entry.is_dir() or CANVAS.fullmatch(entry.name) for entry in inside):
            return top(entries[0])
    return folder


def is_plain(name: str) -> bool:
    return not name.startswith(".") and name not in IGNORED


def sources(folder: Path, depth: int) -> Iterator[Path]:
    """The files that may be submissions, hidden folders and links to folders left out."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not is_plain(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth > 1:
                    yield from sources(Path(entry.path), depth - 1)
            elif entry.name.endswith(SUFFIXES):
                yield Path(entry.path)


def student_of(folder: str) -> str:
    """The student whom a folder belongs to."""
    moodle = MOODLE.fullmatch(folder)
    return moodle["student"] if moodle else folder


def file_of(path: Path, parts: tuple[str, ...], flat_is_student: bool) -> File:
    """Whose a file is, by its path below the folder of all students."""
    if len(parts) > 1:
        return File(path, student_of(parts[0]), TRY.sub("", path.stem))
    if moodle := MOODLE.fullmatch(path.name):
        return File(path, moodle["student"], TRY.sub("", Path(moodle["file"] or "").stem))
    if canvas := CANVAS.fullmatch(path.name):
        stem = TRY.sub("", Path(canvas["file"]).stem)
        return File(path, f"{canvas['student']}_{canvas['id']}", stem, bool(canvas["late"]))
    return File(path, path.stem, "" if flat_is_student else path.stem)


def is_numbered(file: File, stems: dict[str, str]) -> bool:
    return file.stem[:2] in stems and file.stem[2:3] == "_"


def best(stems: dict[str, str], number: str, files: list[File]) -> Found:
    """The file to grade of those that a student handed in for a lesson: one with its number, and the notebook."""

    def rank(file: File) -> tuple:
        is_notebook = file.path.suffix == ".ipynb"
        return is_numbered(file, stems), is_notebook, file.stem == stems[number], -len(file.path.parts), file.path.name

    file = max(files, key=rank)
    others = [other for other in files if other is not file and is_numbered(other, stems) == is_numbered(file, stems)]
    notes = ["It came late."] if file.late else []
    if others and {other.path.suffix for other in others} == {".py"} and file.path.suffix == ".ipynb":
        notes.append("Both forms were handed in, the notebook and the .py: the notebook was graded.")
    elif others:
        notes.append(f"{1 + len(others)} files were handed in for this lesson: {file.path.name} was graded.")
    return Found(file.student, stems[number], file.path, " ".join(notes))
