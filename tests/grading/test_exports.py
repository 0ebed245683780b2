"""Reports hold what the results hold, read back by the parsers of others."""

import json
import os
import re
import zipfile
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from coursekit.grading.exports import write_all
from coursekit.grading.results import STATUSES
from coursekit.grading.roster import Roster, Row
from coursekit.grading.summary import summarise
from coursekit.grading.words import STATUS

from .reading import ANN, BOB, CLASS, CY, LESSON, ROSTER, F, G, Page, read_csv, result, tree


def test_every_report_is_written_and_returned_and_nothing_else(tmp_path):
    paths = write_all(CLASS, tmp_path, ROSTER)
    assert sorted(str(path.relative_to(tmp_path)) for path in paths) == sorted([
        "grades.csv", "class.html", "junit.xml", "canvas/03_topic.csv", "moodle/03_topic.csv",
        *(f"feedback/{name}_feedback.html" for name in ("ann", "bob", "cy")),
        *(f"gradescope/03_topic/{name}/results.json" for name in ("ann", "bob", "cy")),
    ])  # fmt: skip
    assert set(tree(tmp_path)) == {str(path.relative_to(tmp_path)) for path in paths}


def test_without_a_roster_there_is_nothing_for_canvas_and_moodle_and_nobody_is_called_missing(tmp_path):
    write_all(CLASS, tmp_path)
    assert not (tmp_path / "canvas").exists() and not (tmp_path / "moodle").exists()
    assert "roster" not in Page(tmp_path / "class.html").text.casefold()
    assert [row[11] for row in read_csv(tmp_path / "grades.csv")] == ["remark", "", "", ""]


def test_the_same_results_give_the_same_bytes_over_older_reports_and_in_a_new_folder(tmp_path):
    for name in ("a", "b", "a"):
        write_all(CLASS, tmp_path / name, ROSTER)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_report_is_replaced_as_a_whole_or_stays_as_it_was(tmp_path, monkeypatch):
    write_all([ANN], tmp_path)
    before = tree(tmp_path)

    def no_replace(*paths):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", no_replace)
    with pytest.raises(OSError, match="disk full"):
        write_all(CLASS, tmp_path)
    assert tree(tmp_path) == before


def test_grades_csv_has_each_result_once_and_the_rows_without_one(tmp_path):
    write_all(CLASS, tmp_path, ROSTER)
    header, *rows = read_csv(tmp_path / "grades.csv")
    assert header == [
        "submission", "name", "email", "id", "sis_id", "section", "late_days",
        "lesson", "points", "max_points", "isolation", "remark", F, G,
    ]  # fmt: skip
    lesson = [LESSON, "2", "5", "namespace"]
    assert rows == [
        ["ann", "Lee, Ann", "ann@x.edu", "11", "s11", "", "", *lesson, "", "2", "0"],
        ["bob", "Bob Oz", "bob@x.edu", "12", "s12", "A", "1", LESSON, "1.5", "5", "namespace", "", "0", "1.5"],
        ["cy", "", "", "", "", "", "", *lesson, "No row of the roster names this submission.", "2", "0"],
        ["dee", "Dee Ng", "dee@x.edu", "13", "", "", "", "", "", "", "", "No result.", "", ""],
    ]


def test_canvas_gets_its_columns_and_only_students_of_the_roster_that_have_a_result(tmp_path):
    """A blank cell would delete a grade; a submission called like a student would get that student's grade."""
    write_all([*CLASS, result("Dee Ng", (F, 2, 2, "passed"))], tmp_path, ROSTER)
    assert read_csv(tmp_path / "canvas" / "03_topic.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "03 topic"],
        ["Points Possible", "", "", "", "", "5"],
        ["Lee, Ann", "11", "s11", "ann@x.edu", "", "2"],
        ["Bob Oz", "12", "s12", "bob@x.edu", "A", "1.5"],
    ]


def test_a_student_named_like_canvas_row_of_the_maximum_does_not_become_it(tmp_path):
    write_all([ANN], tmp_path, Roster((Row("ann", "My Points Possible"),)))
    rows = read_csv(tmp_path / "canvas" / "03_topic.csv")
    assert [row[0] for row in rows if "Points Possible" in row[0]] == ["Points Possible"]


def test_moodle_gets_email_and_id_number_to_map_by(tmp_path):
    write_all(CLASS, tmp_path, Roster((*ROSTER.rows[1:], Row("bob", "Bob Oz", id="12"))))
    assert read_csv(tmp_path / "moodle" / "03_topic.csv") == [
        ["Email address", "ID number", "Full name", "Isolation", "03 topic"],
        ["ann@x.edu", "s11", "Lee, Ann", "namespace", "2"],
        ["", "12", "Bob Oz", "namespace", "1.5"],
    ]


def test_each_lesson_gets_its_own_file_for_import(tmp_path):
    write_all([ANN, result("bob", ("04.h", 1, 1, "passed"), lesson="04_next")], tmp_path, ROSTER)
    for platform in ("canvas", "moodle"):
        rows = {path.stem: [row[-1] for row in read_csv(path)] for path in (tmp_path / platform).iterdir()}
        assert rows["03_topic"][-1] == "2" and rows["04_next"][-1] == "1"
    assert [row[-1] for row in read_csv(tmp_path / "grades.csv")] == ["04.h", "", "1", ""]


def test_late_days_are_shown_and_change_no_points(tmp_path):
    late = Roster((Row("bob", late_days=2.5),))
    write_all([BOB], tmp_path / "late", late)
    write_all([BOB], tmp_path / "on_time", Roster((Row("bob"),)))
    grades = [row for row in read_csv(tmp_path / "late" / "grades.csv") if row[0] == "bob"]
    assert (grades[0][6], grades[0][8]) == ("2.5", "1.5")
    page = Page(tmp_path / "late" / "feedback" / "bob_feedback.html").text
    assert "Handed in 2.5 days late" in page and "1.5 of 5 points" in page
    for name in ("canvas", "moodle"):
        assert tree(tmp_path / "late" / name) == tree(tmp_path / "on_time" / name)


def test_gradescope_gets_scores_that_add_up_and_texts_that_are_no_markup(tmp_path):
    write_all(CLASS, tmp_path, ROSTER)
    found = json.loads((tmp_path / "gradescope/03_topic/bob/results.json").read_text())
    assert found["score"] == 1.5 == sum(test["score"] for test in found["tests"])
    assert "isolation namespace" in found["output"] and found["extra_data"]["late_days"] == 1
    assert [(t["name"], t["max_score"], t["status"], t["output"]) for t in found["tests"]] == [
        (F, 2, "failed", "not started yet"),
        (G, 3, "failed", "That is the value in bits."),
    ]
    assert {found["output_format"], *(t[key] for t in found["tests"] for key in ("name_format", "output_format"))} == {
        "text"
    }


ALLOWED = {  # Jenkins' junit-10.xsd: element -> (attributes it must have, others it may have, children)
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "id", "package"}, {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"classname", "time", "group"}, {"failure", "error", "skipped", "system-out"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
}


def test_junit_keeps_to_the_schema_and_counts_what_it_holds(tmp_path):
    every = result("eve", *[(f"03.{status}", 0, 1, status, status) for status in STATUSES[1:]])
    write_all([*CLASS, every], tmp_path)
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    for element in root.iter():
        needed, optional, children = ALLOWED[element.tag]
        assert needed <= element.attrib.keys() <= needed | optional
        assert {child.tag for child in element} <= children
    suites = root.findall("testsuite")
    counts = [tuple(int(suite.get(key)) for key in ("tests", "failures", "errors")) for suite in suites]
    assert counts == [(2, 1, 0), (2, 2, 0), (2, 0, 1), (6, 2, 4)]
    held = [tuple(len(suite.findall(tag)) for tag in ("testcase", ".//failure", ".//error")) for suite in suites]
    assert held == counts
    assert {p.get("name"): p.get("value") for p in suites[1].iter("property")} == {
        "isolation": "namespace", "points": "1.5", "max_points": "5",
    }  # fmt: skip
    [failure] = suites[0].iter("failure")
    assert failure.get("message") == "Use `torch.xlogy`." and failure.text.startswith("g(x) with x = 1\n")


def test_a_students_page_tells_status_points_what_was_seen_and_the_hint(tmp_path):
    write_all(CLASS, tmp_path, ROSTER)
    page = Page(tmp_path / "feedback" / "ann_feedback.html")
    assert "Feedback for Lee, Ann" in page.text and "2 of 5 points, 1 of 2 exercises passed" in page.text
    assert "03.first_one ✓ passed 2 of 2" in page.text
    assert "03.second ✗ not yet 0 of 3 g(x) with x = 1 expected 2, got 3. Use torch.xlogy." in page.text
    assert "isolation namespace" in page.text and "bob" not in page.text.casefold()


def test_the_class_page_tells_shares_commonest_hints_and_links_every_student(tmp_path):
    more = [result(f"s{i}", (F, 0, 2, "failed", f"case {i}\nThat is the ratio.")) for i in range(5)]
    write_all([*CLASS, *more], tmp_path, ROSTER)
    page = Page(tmp_path / "class.html")
    assert "03.first_one 2 2 of 8, 25 % 1 That is the ratio. (5 times)" in page.text
    assert "8 submissions; 0.7 of 5 points on average, median 0." in page.text
    assert "Isolation: namespace." in page.text
    assert "In the roster, without a result: 1" in page.text and "without a row in the roster: 6" in page.text
    links = [unquote(value) for name, value in page.attributes if name == "href"]
    assert sorted(links) == sorted(str(path) for path in tree(tmp_path) if path.startswith("feedback/"))


def test_a_summary_counts_passed_not_started_and_hints_of_wrong_answers_before_those_of_crashes():
    first, second = summarise(CLASS)
    assert (first.id, first.n, first.passed, first.not_started, first.hint) == (F, 3, 2, 1, "")
    assert (second.passed, second.not_started, second.hint, second.hinted) == (0, 0, "Use `torch.xlogy`.", 1)
    assert summarise([CY])[1].hint == "the process died of SIGSEGV"
    assert summarise([CY, ANN, CY])[1].hint == "Use `torch.xlogy`."


def test_a_public_and_a_private_check_of_one_function_count_together_and_pass_together(tmp_path):
    both = result("ann", (F, 2, 2, "passed"), (G, 3, 3, "passed"), (F, 0, 4, "failed", "Not for zeros."))
    [first, _] = summarise([both])
    assert (first.max_points, first.n, first.passed, first.hint) == (6, 1, 0, "Not for zeros.")
    write_all([both, result("bob", (F, 0, 2, "crashed"), (G, 0, 3, "passed"), (F, 4, 4, "passed"))], tmp_path)
    assert [row[-2:] for row in read_csv(tmp_path / "grades.csv")] == [[F, G], ["2", "3"], ["4", "0"]]
    assert "ann 5 ✗not yet ✓passed" in Page(tmp_path / "class.html").text
    assert "bob 4 !ended the process ✓passed" in Page(tmp_path / "class.html").text
    assert "Not for zeros." in Page(tmp_path / "feedback" / "ann_feedback.html").text


@pytest.mark.parametrize("level", ["namespace", "landlock", "none"])
def test_every_report_names_the_isolation_and_none_carries_a_warning(tmp_path, level):
    write_all([ANN | {"isolation": level}], tmp_path, ROSTER)
    for name, text in tree(tmp_path).items():
        text = text.decode()
        if not name.startswith("canvas"):  # a column more would be an assignment more
            assert level in text, name
        assert (re.search("without isolation|own work only", text) is not None) == (level == "none"), name


def test_a_note_of_the_grader_is_told(tmp_path):
    write_all([ANN | {"note": "A notebook and a .py were handed in: the notebook was graded."}], tmp_path, ROSTER)
    for name in ("class.html", "grades.csv", "feedback/ann_feedback.html", "junit.xml"):
        assert "the notebook was graded" in (tmp_path / name).read_text(encoding="utf-8"), name


def test_there_are_words_for_every_status():
    assert set(STATUS) == set(STATUSES)


def test_a_class_of_nobody_has_reports_too(tmp_path):
    write_all([], tmp_path, ROSTER)
    assert "There are no results." in Page(tmp_path / "class.html").text
    assert [row[0] for row in read_csv(tmp_path / "grades.csv")[1:]] == ["bob", "ann", "dee"]


def test_feedback_goes_back_to_moodle_under_its_number_of_the_student(tmp_path):
    """Moodle splits a name at "_": the second part is the number, the third and fourth its plugin."""
    names = ["Ann Lee_4711", "van_der Oz_4712", "<b>_4713", "cy"]
    write_all([ANN | {"submission": name} for name in names], tmp_path)
    with zipfile.ZipFile(tmp_path / "moodle" / "feedback.zip") as archive:
        found = [entry.filename.split("_", 4)[1:] for entry in archive.infolist()]
        assert found == [[n, "assignsubmission", "file", "feedback.html"] for n in ("4711", "4712", "4713")]
        page = tmp_path / "feedback" / "Ann Lee_4711_feedback.html"
        assert archive.read("Ann Lee-4711_4711_assignsubmission_file_feedback.html") == page.read_bytes()


def luminance(colour):
    """Relative luminance of WCAG 2.2 for #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_stands_out_from_its_ground_in_light_and_in_dark(tmp_path):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 or more."""
    write_all(CLASS, tmp_path)
    style = (tmp_path / "class.html").read_text(encoding="utf-8").partition("* {")[0]
    schemes = [dict(re.findall(r"--([\w-]+): (#\w+);", part)) for part in style.split("@media")]
    assert len(schemes) == 2 and schemes[0].keys() == schemes[1].keys()
    for colours in schemes:
        shades = {name: luminance(colour) + 0.05 for name, colour in colours.items()}
        pairs = [(text, "paper") for text in ("ink", "quiet", "link", "good", "bad", "broken")]
        for text, ground in [*pairs, ("ink", "soft"), ("ink", "warn")]:
            low, high = sorted((shades[text], shades[ground]))
            assert high / low >= 4.5, (text, ground, colours[text])
