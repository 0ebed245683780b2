"""Every picture, data set and net in the repository is listed in THIRD_PARTY.md with its author and licence."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("coursekit", "notebooks", "docs")
# what people wrote as text; .svg is left out on purpose, since it is a picture
TEXT = {".py", ".md", ".json", ".ipynb", ".toml", ".txt", ".css", ".js", ".html", ".cfg", ".yml", ".yaml", ".sh"}
TEXT_NAMES = {"LICENSE", "Makefile", ".gitignore", ".gitkeep", "py.typed"}
LEFT_BY_TOOLS = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache", ".DS_Store"}


def listed() -> list[list[str]]:
    """The rows [pattern, what, author, licence] of the table of files."""
    table = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").split("## Read, but not")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:3] == "| `"]
    return [[row[0].strip("`"), *row[1:]] for row in rows]


def assets(root: Path) -> list[str]:
    """Files below the folders of the course that are neither code nor text, as posix paths from `root`."""
    files = [file for folder in FOLDERS for file in (root / folder).rglob("*") if file.is_file()]
    found = [x for x in files if x.suffix.lower() not in TEXT and x.name not in TEXT_NAMES]
    return [x.relative_to(root).as_posix() for x in found if not LEFT_BY_TOOLS & set(x.parts)]


def unlisted(files: list[str], patterns: list[str]) -> list[str]:
    """The files that no pattern covers; a `*` stays within one folder."""
    covers = [re.compile(re.escape(pattern).replace(r"\*", "[^/]*")) for pattern in patterns]
    return [file for file in files if not any(cover.fullmatch(file) for cover in covers)]


def test_each_asset_is_listed():
    missing = unlisted(assets(ROOT), [row[0] for row in listed()])
    assert not missing, f"add these to THIRD_PARTY.md with what, author and licence: {missing}"


@pytest.mark.parametrize("row", listed(), ids=lambda row: row[0])
def test_each_entry_matches_a_file_and_is_complete(row):
    assert list(ROOT.glob(row[0])), f"no file matches {row[0]}: remove the row or correct it"
    assert len(row) == 4 and all(row), f"the row of {row[0]} needs files, what, author and licence: {row}"


def test_a_picture_that_nobody_listed_is_found(tmp_path):
    for name in ("coursekit/a.py", "coursekit/data/listed.xz", "docs/cat.svg", "notebooks/src/x/cat.PNG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(assets(tmp_path)) == ["coursekit/data/listed.xz", "docs/cat.svg", "notebooks/src/x/cat.PNG"]
    assert unlisted(sorted(assets(tmp_path)), ["coursekit/data/*.xz", "notebooks/*.PNG"]) == [
        "docs/cat.svg",
        "notebooks/src/x/cat.PNG",
    ]


def test_the_embedded_garments_carry_their_notice():
    notice = (ROOT / "coursekit/data/embedded/LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in notice and "Zalando SE" in notice and "shall be included in all copies" in notice
