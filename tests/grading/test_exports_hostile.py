"""Whatever a submission is called and says, a report shows it as text: no program that opens the report obeys it."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest

from coursekit.grading.exports import file_names, write_all
from coursekit.grading.roster import Roster, Row

from .reading import ANN, BOB, ROSTER, F, G, Page, read_csv, result, tree

EVIL = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' onmouseover='x",
    "</style></title><script src=//x></script>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "]]>&lt;script&gt;<!--",
    "\x1b[31mred\x1b]0;title\x07\x9b31m",
    "a\x00b\x08c\x0bd\x7fe\ufffef\uffffg\ud800h",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "x\n=1+1",
    "x;=1+1",
    'x",=1+1',
    "＝1+1",
    "\u202egnp.exe",
    "../../../etc/passwd",
    "`code` <b>`",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Reports in which every text that comes from outside is hostile."""
    out = tmp_path_factory.mktemp("hostile")
    results = [
        result(text, (F, 0, 2, "failed", f"{text}\n{text}"), (G, 0, 3, "error", text), note=text) for text in EVIL
    ]
    rows = [Row(text, text, f"{text}@x", f"{text}1", f"{text}2", text) for text in EVIL if not text.startswith("a\x00")]
    write_all(results, out, Roster((*rows, Row("", "<script>gone</script>"))))
    return out


def test_no_hostile_text_becomes_markup(hostile):
    harmless, _ = set(), write_all([ANN, BOB], hostile / "harmless", ROSTER)
    pages = [path for path in hostile.rglob("*.html") if "harmless" not in path.parts]
    for path in (hostile / "harmless").rglob("*.html"):
        page = Page(path)
        harmless |= set(page.tags) | {name for name, _ in page.attributes}
    assert len(pages) == len(EVIL) + 1
    for path in pages:
        page = Page(path)
        assert set(page.tags) | {name for name, _ in page.attributes} <= harmless
        assert {"script", "img", "iframe", "object", "embed", "link", "form"}.isdisjoint(page.tags)
        for name, value in page.attributes:
            assert name not in ("src", "srcset", "onload", "onerror") and not (name == "href" and ":" in value)
    text = Page(hostile / "class.html").text
    assert "<script>alert(1)</script>" in text and "{{ 7 * 7 }}" in text and "<b>" in text


def test_no_cell_of_a_table_is_a_formula_whatever_delimiter_a_spreadsheet_uses(hostile):
    for path in (*hostile.glob("*.csv"), *hostile.glob("*/03_topic.csv")):
        text = path.read_bytes().decode()
        for delimiter in ",;\t|":
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                for cell in row:
                    assert not cell.strip().startswith(tuple("=+-@＝＋－＠")), (path, cell)
        assert len({len(row) for row in read_csv(path)}) == 1


def test_no_report_holds_a_control_or_direction_character(hostile):
    unwanted = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
    for name, raw in tree(hostile).items():
        text = raw.decode()
        assert unwanted.search(text) is None, name
        if name.endswith(".json"):
            assert all(unwanted.search(value) is None for value in strings(json.loads(text))), name
    suites = ElementTree.parse(hostile / "junit.xml").getroot()
    assert len(suites) == len(EVIL)


def strings(value):
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


def test_pages_of_hostile_names_stay_in_their_folder_and_overwrite_nobody(hostile):
    pages = [path.name for path in (hostile / "feedback").iterdir()]
    assert len(pages) == len(EVIL)
    assert all(re.fullmatch(r"\w[\w .,'@+()-]*_feedback\.html", name) for name in pages)
    assert {path.parent for path in hostile.rglob("*_feedback.html")} == {
        hostile / "feedback", hostile / "harmless" / "feedback",
    }  # fmt: skip


def test_file_names_are_the_submissions_where_they_can_be():
    names = ["ann", "Zoë Lee", "O'Connor, Liam_4711_assignsubmission_file_", "leeann_12_345_03_topic-2", "a.b"]
    assert file_names(names) == {name: name for name in names}


def test_file_names_are_safe_and_differ_on_any_system():
    names = [
        "ann",
        "bob",
        "Bob",
        "a/b",
        "a\\b",
        "a:b",
        "a-b",
        "..",
        ".",
        "",
        "-rf",
        "~x",
        "con",
        "NUL.txt",
        "é",
        "e\u0301",
    ]
    names += ["ann.", "ann ", "x" * 300, "x" * 299, "ü" * 200, "\ud800", "\ud801", "a\nb", "a\x00b", "$(id)"]
    found = file_names(names)
    assert list(found) == names
    assert len({name.casefold() for name in found.values()}) == len(names)
    for name in found.values():
        assert re.fullmatch(r"\w[\w .,'@+()-]*", name) and len(name.encode()) <= 180
        assert not name.endswith((".", " ")) and name.split(".")[0].casefold() not in ("con", "nul")
    forged = found["a/b"]
    again = file_names([*names, forged])
    assert again["a/b"] == forged != again[forged], "a name that looks like another's hashed name overwrites it"
    assert file_names(reversed(names)) == found, "the order changes nothing"
