"""The instructors' page says what the exercises say of themselves, links what exists, and its commands are commands."""

import re
from pathlib import Path

import pytest
import typer

from coursekit.build.exercises import read_exercises
from coursekit.build.sources import list_sources
from coursekit.cli import app
from coursekit.grading.roster import COLUMNS
from coursekit.grading.sandbox import LEVELS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "instructors.md"
TEXT = PAGE.read_text(encoding="utf-8")
HEAD = "| | exercises | functions | points | hours |\n|---|---|---|---|---|\n"
LECTURES = {path.stem[:2]: path.stem for path in list_sources(ROOT / "notebooks" / "src")}
TITLE = re.compile(r"^# # \d\d · (.+?)(?:: exercises?)?$", re.MULTILINE)


def section(title: str) -> str:
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def hours(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02d}"


def rows() -> str:
    """The table of points and hours as the exercises' own headings give it."""
    lines, total = [], [0, 0, 0]
    for path in list_sources(ROOT / "solutions"):
        facts = read_exercises(path).notebook.metadata.coursekit["exercises"]
        sums = len(facts), sum(fact["points"] for fact in facts), sum(fact["minutes"] for fact in facts)
        total = [a + b for a, b in zip(total, sums, strict=True)]
        title = TITLE.search(path.read_text(encoding="utf-8"))[1]
        cells = f"[{title}](../exercises/{path.stem}.ipynb) | {sums[0]} | {sums[1]} | {hours(sums[2])}"
        lines.append(f"| {path.stem[:2]} | {cells} |\n")
    return "".join(lines) + f"| | all | {total[0]} | {total[1]} | {hours(total[2])} |\n"


def test_points_and_hours_are_those_of_the_exercises():
    assert HEAD + rows() in TEXT, f"the table of points and hours is now:\n\n{HEAD}{rows()}"


def test_the_paths_link_every_lesson_that_exists_and_mark_every_other_as_planned():
    text = section("Weeks")
    weeks = [row.split("|")[1:-1] for row in re.findall(r"^\| \d+ \|.*\|$", text, re.MULTILINE)]
    paths = list(zip(*weeks, strict=True))[1:]
    assert [sum(bool(cell.strip()) for cell in path) for path in paths] == [4, 8, 14]
    for path in paths:
        lessons = re.findall(r"\d\d", " ".join(path))
        assert lessons == sorted(set(lessons)), "each lesson once, in its order"
        for number in lessons:
            is_there, planned = number in LECTURES, f"*{number}*" in text.partition("| week")[0]
            wanted = f"[{number}]" if is_there else f"*{number}*"
            assert wanted in " ".join(path), f"write {wanted} in the table of weeks"
            assert is_there != planned, f"lesson {number} is there: {is_there}; the page calls it planned: {planned}"
    links = [f"[{number}]: ../notebooks/{stem}.ipynb\n" for number, stem in LECTURES.items()]
    assert "".join(links) in text


def test_links_lead_somewhere():
    links = [link for link in re.findall(r"\](?:\(|: )([^)#\s]+)", TEXT) if not link.startswith("http")]
    assert links and [link for link in links if not (PAGE.parent / link).exists()] == []
    assert "docs/instructors.md" in (ROOT / "README.md").read_text(encoding="utf-8")


COMMANDS = sorted(set(re.findall(r"coursekit ((?:grade|check|release|doctor)\b[^`\n]*)", TEXT)))


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_that_is_printed_exists(line):
    name, *words = line.split()
    command = typer.main.get_command(app).commands[name]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_level_and_every_column_of_the_roster_is_explained():
    assert [level for level in LEVELS if f"| `{level}` |" not in section("What isolation protects against")] == []
    assert [column for column in COLUMNS if f"`{column}`" not in TEXT] == []
