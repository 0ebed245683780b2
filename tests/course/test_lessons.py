"""The lectures as they are published: built from their sources, executed, small, and of one shape."""

import base64
import json
import re
from itertools import takewhile
from pathlib import Path

import nbformat
import pytest

from coursekit.build import build_lectures
from coursekit.build.lectures import is_executed
from coursekit.build.lesson import PLACEHOLDER
from coursekit.build.sources import LECTURE_HEADER, code_cells, list_sources, read_source

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SOURCES = list_sources(NOTEBOOKS / "src")
MAX_BYTES = 500_000  # a stored notebook; GitHub renders larger ones poorly
MAX_GIF_BYTES = 200_000
MAX_BUDGET = 120  # seconds of a lecture, profile fast, on 2 quiet cores
HEADER_PARTS = ["**Prerequisites**", "**Paper**", "**Cost**"]
END_PARTS = ["## Summary", "## Common mistakes", "## Questions", "## Further reading"]
MACHINE = re.compile(r"(?<![\w.:~/-])/(home|root|tmp|var|mnt|private|work|Users)/|[A-Z]:\\\\+Users")
LONG_BASE64 = re.compile(r"[A-Za-z0-9+/=]{200,}")
LINK = re.compile(r"\]\(([^)\s]+)\)")
GIF_IN_HTML = re.compile(r"data:image/gif;base64,([A-Za-z0-9+/=]+)")

every_lecture = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def stored(source: Path):
    return nbformat.read(NOTEBOOKS / f"{source.stem}.ipynb", as_version=4)


def prose(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def outputs(notebook) -> list:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def shown(notebook) -> list[dict]:
    return [output.data for output in outputs(notebook) if "data" in output]


def test_every_source_has_its_notebook_and_every_notebook_its_source():
    assert SOURCES
    assert {path.stem for path in SOURCES} == {path.stem for path in NOTEBOOKS.glob("*.ipynb")}


@every_lecture
def test_a_notebook_is_what_its_source_builds_outputs_in_stored_form(source, tmp_path):
    [built] = build_lectures(NOTEBOOKS, [source.stem], into=tmp_path)
    same = built.read_bytes() == (NOTEBOOKS / built.name).read_bytes()
    assert same, f"run: python -m coursekit build {source.stem[:2]} (edit only notebooks/src)"


@every_lecture
def test_the_outputs_are_those_of_the_code_beside_them(source):
    assert is_executed(stored(source)), f"run: python -m coursekit build --execute {source.stem[:2]}"
    assert [output for output in outputs(stored(source)) if output.output_type == "error"] == []


@every_lecture
def test_a_notebook_is_small_enough_to_open_anywhere(source):
    assert (NOTEBOOKS / f"{source.stem}.ipynb").stat().st_size < MAX_BYTES


@every_lecture
def test_animations_are_small_gifs(source):
    for data in shown(stored(source)):
        html = "".join(data.get("text/html", ""))
        gifs = [*GIF_IN_HTML.findall(html), *([data["image/gif"]] if "image/gif" in data else [])]
        assert all(len(base64.b64decode(gif)) < MAX_GIF_BYTES for gif in gifs)
        assert not re.search(r"<(video|script)\b", html), "make it a GIF: GitHub shows neither video nor scripts"
        assert not {"application/javascript", "video/mp4"} & set(data)


@every_lecture
def test_nothing_of_the_machine_or_the_template_is_left(source):
    assert PLACEHOLDER not in source.read_text(encoding="utf-8")
    assert not MACHINE.search(LONG_BASE64.sub("", json.dumps(outputs(stored(source)))))


@every_lecture
def test_the_budget_of_a_lecture_is_within_that_of_the_course(source):
    assert 0 < read_source(source, LECTURE_HEADER).header["budget"] <= MAX_BUDGET


@every_lecture
def test_a_lecture_opens_with_promise_goals_and_cost(source):
    title = read_source(source, LECTURE_HEADER).header["title"]
    notebook = stored(source)
    opening = [cell.source for cell in takewhile(lambda cell: cell.cell_type == "markdown", notebook.cells)]
    heading, _, promise = opening[0].partition("\n")
    assert heading == f"# {source.stem[:2]} · {title}"
    assert promise.strip()
    goals = next(text for text in opening if "## What you will be able to do" in text)
    assert 3 <= len(re.findall(r"^[-*] ", goals.split("## What you will be able to do")[1], re.MULTILINE)) <= 6
    assert [part for part in HEADER_PARTS if part not in "\n".join(opening)] == []
    cost = next(line for text in opening for line in text.splitlines() if "**Cost**" in line)
    assert re.search(r"\d+ s(econds)?\b", cost) and "2 CPU cores" in cost and "GPU" in cost and "data" in cost.lower()
    assert "setup(" in code_cells(notebook)[0].source


@every_lecture
def test_a_lecture_ends_with_summary_mistakes_three_questions_and_reading(source):
    text = "\n\n".join(prose(stored(source)))
    places = [text.find(f"\n{part}\n") for part in END_PARTS]
    assert -1 not in places and places == sorted(places), dict(zip(END_PARTS, places, strict=True))
    questions = text[places[2] : places[3]]
    assert questions.count("<details>") == questions.count("</details>") == 3


@every_lecture
def test_links_within_the_course_point_to_files_and_the_neighbours_are_linked(source):
    text = "\n".join(prose(stored(source)))
    local = [link.split("#")[0] for link in LINK.findall(text) if not re.match(r"https?:|mailto:|#", link)]
    assert [link for link in local if not (NOTEBOOKS / link).exists()] == []
    place = SOURCES.index(source)
    neighbours = [f"{path.stem}.ipynb" for path in SOURCES[max(place - 1, 0) : place + 2] if path != source]
    exercise = NOTEBOOKS.parent / "exercises" / f"{source.stem}.ipynb"
    wanted = neighbours + ([f"../exercises/{exercise.name}"] if exercise.exists() else [])
    assert [link for link in wanted if link not in local] == []
