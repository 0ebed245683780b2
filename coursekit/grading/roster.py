"""The roster of a class: a CSV file that says which submission is whose, and which result belongs to which row."""

import csv
import io
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("submission", "name", "email", "id", "sis_id", "section", "late_days")
UNIQUE = ("submission", "email", "id", "sis_id")  # two rows with one of these would give a grade to the wrong person
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One student. `submission` names what they handed in, "" if nothing; `late_days` is shown and costs no points."""

    submission: str
    name: str = ""
    email: str = ""
    id: str = ""
    sis_id: str = ""
    section: str = ""
    late_days: float = 0.0

    def __str__(self) -> str:
        return self.name or self.submission or self.email or self.id or self.sis_id


@dataclass(frozen=True)
class Roster:
    """The rows in the order of the file, and what its reader should know about the file."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matching:
    """Which row each submission has; the rows without a result; the submissions without a row."""

    rows: dict[str, Row]
    without_result: tuple[Row, ...]
    without_row: tuple[str, ...]


def read_roster(path: Path) -> Roster:
    """The roster in a CSV file in UTF-8 (comma, semicolon or tab); ValueError names file, line and cure of a fault."""
    try:
        lines = _lines(Path(path).read_bytes())
        header, notes = _header(lines[0][1] if lines else [])
        rows = tuple(_row(number, header, cells) for number, cells in lines[1:])
        _check_unique(rows)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return Roster(rows, notes)


def match(roster: Roster | None, submissions: Iterable[str]) -> Matching:
    """Rows by submission; names are compared as they are, but for the two ways to encode an accented letter.

    Without a roster nothing is missing.
    """
    if roster is None:
        return Matching({}, (), ())
    rows = {_key(row.submission): row for row in roster.rows if row.submission}
    found, without_row = {}, []
    for name in dict.fromkeys(submissions):
        if row := rows.pop(_key(name), None):
            found[name] = row
        else:
            without_row.append(name)
    left = tuple(row for row in roster.rows if row not in found.values())
    return Matching(found, left, tuple(without_row))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())


def _lines(raw: bytes) -> list[tuple[int, list[str]]]:
    """Line number and cells of each row that is not blank; the first is the header."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the file is not text in UTF-8: save it as `CSV UTF-8`") from None
    first = (text.splitlines() or [""])[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is not CSV ({error}): is a quotation mark left open?") from None
    return [(number, cells) for number, cells in rows if any(cells)]


def _header(cells: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The names of the columns, and a note on those that are not used."""
    names = [cell.casefold().replace(" ", "_") for cell in cells]
    if "submission" not in names:
        raise ValueError(
            f"the columns are {', '.join(cells) or 'none'}: `submission` is needed, the name of what a student handed "
            f"in; {', '.join(COLUMNS[1:])} may be there too"
        )
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise ValueError(f"there are {names.count(twice[0])} columns {twice[0]!r}: keep one")
    unknown = [cell for cell, name in zip(cells, names, strict=True) if cell and name not in COLUMNS]
    notes = (f"columns not used: {', '.join(unknown)} (known are {', '.join(COLUMNS)})",) if unknown else ()
    return names, notes


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    if any(cells[len(header) :]):
        raise ValueError(
            f"line {line} has {len(cells)} cells, the first line {len(header)}: put text that holds the delimiter "
            "between quotation marks"
        )
    given = dict(zip(header, cells, strict=False))
    known = {name: given.get(name, "") for name in COLUMNS}
    return Row(**known | {"late_days": _days(line, known["late_days"])})


def _days(line: int, text: str) -> float:
    try:
        days = float(text.replace(",", ".") or 0)
    except ValueError:
        days = math.nan
    if not 0 <= days < math.inf:
        raise ValueError(f"line {line}: late_days is {text!r}: write a number of days, 0 or more, or nothing")
    return days


def _check_unique(rows: tuple[Row, ...]) -> None:
    for column in UNIQUE:
        counts = Counter(_key(getattr(row, column)) for row in rows)
        del counts[""]
        for value, times in counts.items():
            if times > 1:
                raise ValueError(f"{times} rows have the {column} {value!r}: keep one row for each student")
