"""How results are worded in every report, and text from outside made fit for one."""

import re

from coursekit.grading.results import printable

STATUS = {
    "passed": "passed",
    "failed": "not yet",
    "not_started": "not started",
    "error": "stopped with an error",
    "timeout": "took too long",
    "crashed": "ended the process",
    "violation": "not allowed",
}
WARNING = (
    "Graded without isolation: the submission could read and change whatever the grader could. "
    "Such points are for your own work only."
)
NO_CHARACTERS = re.compile("[\ufffe\uffff]")  # the rest of what XML 1.0 forbids is unprintable


def plain(text: object) -> str:
    """Text on one or more lines without control, direction and other characters that a terminal or XML obeys."""
    return NO_CHARACTERS.sub("", printable(str(text)))


def one_line(text: object) -> str:
    """The same on one line, blanks at its ends and in a row removed."""
    return " ".join(plain(text).split())


def number(value: float) -> str:
    """2 for 2.0, and 0.5."""
    return f"{value:.10g}"


def title(lesson: str) -> str:
    """03 minimax theory, for 03_minimax_theory."""
    return one_line(lesson).replace("_", " ")


def warning(level: str) -> str:
    """What must be said of results at this isolation level, or nothing."""
    return WARNING if level == "none" else ""


def remarks(result: dict, is_known: bool = True) -> list[str]:
    """What a report says about a result as a whole, one sentence each."""
    unknown = [] if is_known else ["No row of the roster names this submission."]
    return [text for text in (warning(result["isolation"]), one_line(result.get("note", ""))) if text] + unknown
