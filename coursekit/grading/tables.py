"""Grades as CSV: a plain table, and the forms that Canvas and Moodle import."""

import csv
import io
import re
from collections.abc import Iterable

from coursekit.grading.roster import COLUMNS, Matching, Row
from coursekit.grading.summary import by_id
from coursekit.grading.words import number, one_line, remarks, title, warning

# What a spreadsheet takes for a formula, at the start of a cell or where another delimiter would begin a cell.
FORMULA = re.compile(r'((?:^|[;,|"])\s*)(?=[=+\-@＝＋－＠])')


def grades(results: list[dict], matching: Matching) -> str:
    """One row a result: who, points, isolation, and the points of each check; then the rows without a result."""
    checks = list(dict.fromkeys(check["id"] for result in results for check in result["checks"]))
    header = (*COLUMNS, "lesson", "points", "max_points", "isolation", "remark", *checks)
    table = [header]
    for result in results:
        row = matching.rows.get(result["submission"])
        earned = {name: number(check["points"]) for name, check in by_id(result).items()}
        table.append(
            (
                *_who(row or Row(result["submission"]), result["submission"]),
                result["lesson"],
                number(result["points"]),
                number(result["max_points"]),
                result["isolation"],
                " ".join(remarks(result, result["submission"] not in matching.without_row)),
                *(earned.get(check, "") for check in checks),
            )
        )
    blank = [""] * len(checks)
    table += [(*_who(row, row.submission), "", "", "", "", "No result.", *blank) for row in matching.without_result]
    return _csv(table)


def canvas(results: list[dict], rows: dict[str, Row]) -> str:
    """The results of one lesson as Canvas imports them into its gradebook.

    Only rows with a result: a blank cell would delete a grade. Only submissions of the roster: Canvas takes a student
    whose numbers it does not know by the name, and the name of a submission is the student's to choose.
    """
    [lesson] = {result["lesson"] for result in results}
    marked = " (graded without isolation)" if any(warning(result["isolation"]) for result in results) else ""
    table = [("Student", "ID", "SIS User ID", "SIS Login ID", "Section", title(lesson) + marked)]
    most = max(result["max_points"] for result in results)
    table.append(("Points Possible", "", "", "", "", number(most)))
    for result in results:
        if row := rows.get(result["submission"]):
            student = str(row).replace("Points Possible", "Points-Possible")  # else the row of the maximum
            table.append((student, row.id, row.sis_id, row.email, row.section, number(result["points"])))
    return _csv(table)


def moodle(results: list[dict], rows: dict[str, Row]) -> str:
    """The results of one lesson for Moodle's grade import, to be mapped by email address or ID number."""
    [lesson] = {result["lesson"] for result in results}
    table = [("Email address", "ID number", "Full name", "Isolation", title(lesson))]
    for result in results:
        if row := rows.get(result["submission"]):
            isolation = result["isolation"] + (": own work only" if warning(result["isolation"]) else "")
            table.append((row.email, row.sis_id or row.id, str(row), isolation, number(result["points"])))
    return _csv(table)


def _who(row: Row, submission: str) -> tuple[str, ...]:
    days = number(row.late_days) if row.late_days else ""
    return (submission, row.name, row.email, row.id, row.sis_id, row.section, days)


def _csv(table: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[cell(value) for value in row] for row in table])
    return text.getvalue()


def cell(value: str) -> str:
    """Text on one line that no spreadsheet takes for a formula: an apostrophe stands before what would be one."""
    return FORMULA.sub(r"\1'", one_line(value))
