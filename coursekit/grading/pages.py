"""Feedback as HTML: a page for each student and one for the class, each whole in itself and without scripts."""

import functools
import re
import statistics
from pathlib import Path
from urllib.parse import quote

from coursekit.grading.roster import Matching, Row
from coursekit.grading.summary import by_id, hint, summarise
from coursekit.grading.words import STATUS, number, one_line, plain, remarks, title, warning

TEMPLATES = Path(__file__).resolve().parent / "templates"
SYMBOLS = {"passed": "✓", "failed": "✗", "not_started": "○"}  # ! for every other status


def student_page(results: list[dict], row: Row | None) -> str:
    """The feedback on all that one student handed in: points, and what each check saw and advises."""
    name = str(row) if row else results[0]["submission"]
    return _template("student.html").render(name=name, row=row, results=results)


def class_page(results: list[dict], matching: Matching, pages: dict[str, str]) -> str:
    """The class at a glance: by check the share that passed and the commonest hint, then every student.

    `pages` holds the path of the student's page, relative to this one, for each submission.
    """
    lessons = [_lesson(lesson, results, matching, pages) for lesson in sorted({r["lesson"] for r in results})]
    return _template("class.html").render(lessons=lessons, matching=matching)


def _lesson(lesson: str, results: list[dict], matching: Matching, pages: dict[str, str]) -> dict:
    those = [result for result in results if result["lesson"] == lesson]
    points = [result["points"] for result in those]
    levels = sorted({result["isolation"] for result in those})
    checks = summarise(those)
    return {
        "name": lesson,
        "checks": checks,
        "most": max(result["max_points"] for result in those),
        "mean": statistics.mean(points),
        "median": statistics.median(points),
        "isolation": ", ".join(levels),
        "warning": " ".join(filter(None, map(warning, levels))),
        "results": [_student(result, checks, matching, pages) for result in those],
    }


def _student(result: dict, checks: list, matching: Matching, pages: dict[str, str]) -> dict:
    submission = result["submission"]
    row = matching.rows.get(submission)
    return {
        "submission": submission,
        "name": str(row) if row else submission,
        "row": row,
        "link": quote(pages[submission]),
        "points": result["points"],
        "checks": [by_id(result).get(check.id) for check in checks],
        "note": one_line(result.get("note", "")),
    }


@functools.cache
def _template(name: str) -> object:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_clean,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "breakable": _breakable,
        "coded": _coded,
        "colour": lambda status: status if status in SYMBOLS else "broken",
        "hint": lambda message: hint(plain(message)),
        "number": number,
        "passed": lambda result: sum(check["status"] == "passed" for check in result["checks"]),
        "remarks": remarks,
        "seen": lambda message: "\n".join(plain(message).strip().splitlines()[:-1]),
        "status": lambda status: STATUS.get(status, status),
        "symbol": lambda status: SYMBOLS.get(status, "!"),
        "title": title,
    }
    return environment.get_template(name)


def _clean(value: object) -> object:
    """Whatever a template prints, without control and direction characters; escaping comes after it."""
    return plain(value) if isinstance(value, (str, Row)) and not hasattr(value, "__html__") else value


def _breakable(name: str) -> object:
    """A name that may be broken after an underscore and a dot."""
    return _marked_up(name, r"([_.])", r"\1<wbr>")


def _coded(text: str) -> object:
    """Text in which what stands between backticks is code."""
    return _marked_up(text, r"`([^`]+)`", r"<code>\1</code>")


def _marked_up(text: str, pattern: str, replacement: str) -> object:
    from markupsafe import Markup, escape

    return Markup(re.sub(pattern, replacement, str(escape(plain(text)))))
