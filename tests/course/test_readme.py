"""The README and the start page say what is there, and nothing else."""

import re
from pathlib import Path

import pytest

from coursekit.build.sources import list_sources
from coursekit.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]
SOURCES = list_sources(ROOT / "notebooks" / "src")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d\d) \| \[(.+?)\]\((notebooks/\S+?\.ipynb)\) \| (.+?) \| (\d+) \|$", re.MULTILINE)
COST = re.compile(r"\*\*Cost\*\* \| (\d+) s on 2 CPU cores")


def title_and_seconds(source: Path) -> tuple[str, str]:
    text = source.read_text(encoding="utf-8")
    return re.search(r"^# # \d\d · (.+)$", text, re.MULTILINE)[1], COST.search(text)[1]


def test_the_table_of_lessons_is_that_of_the_lectures_with_their_measured_seconds():
    listed = [(number, title, path, seconds) for number, title, path, _, seconds in ROW.findall(README)]
    there = [
        (s.stem[:2], title_and_seconds(s)[0], f"notebooks/{s.stem}.ipynb", title_and_seconds(s)[1]) for s in SOURCES
    ]
    assert listed == there


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "THIRD_PARTY.md"])
def test_links_within_the_repository_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_recipe_is_named_in_the_readme():
    assert [name for name in RECIPES if f"`{name}`" not in README] == []


def test_the_map_of_uses_links_each_lesson_that_is_written():
    [start] = [source for source in SOURCES if source.stem == "00_start_here"]
    rows = [line for line in start.read_text(encoding="utf-8").splitlines() if line.startswith("# | ")]
    for source in SOURCES[1:]:
        mentions = [row for row in rows if re.search(rf"lessons? .*\b{source.stem[:2]}\b", row)]
        unlinked = [row for row in mentions if f"[{source.stem[:2]}]({source.stem}.ipynb)" not in row]
        assert unlinked == [], f"write [{source.stem[:2]}]({source.stem}.ipynb) in the map of uses of 00_start_here"
