"""A roster is read as any program saves it, its faults are named with their line, and nobody in it is lost."""

import unicodedata

import pytest

from coursekit.grading.roster import Row, match, read_roster

ANN = Row("ann", "Ann Lee", "ann@example.edu", "7", "s7", "A, B", 1.5)
HEADER = "submission{0}name{0}email{0}id{0}sis_id{0}section{0}late_days"
LINE = 'ann{0}Ann Lee{0}ann@example.edu{0}7{0}s7{0}"A, B"{0}1.5'


def roster(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


def complaint(tmp_path, text):
    with pytest.raises(ValueError) as caught:
        roster(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "roster.csv") + ": ")
    return str(caught.value).removeprefix(str(tmp_path / "roster.csv") + ": ")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_delimiter_line_end_and_byte_order_mark_gives_the_same_rows(tmp_path, delimiter, end, mark):
    lines = [HEADER.format(delimiter), "", LINE.format(delimiter), delimiter * 6, "bob"]
    found = roster(tmp_path, mark + end.join(lines) + end)
    assert found.rows == (ANN, Row("bob")) and found.notes == ()


def test_column_names_may_have_capitals_and_blanks_and_stand_in_any_order(tmp_path):
    found = roster(tmp_path, 'Late Days,SIS ID,Submission\n"0,5",s1, ann \n')
    assert found.rows == (Row("ann", sis_id="s1", late_days=0.5),)


def test_columns_that_are_not_used_are_named_in_a_note(tmp_path):
    found = roster(tmp_path, "submission,Grade,name\nann,3,Ann\n")
    assert found.rows == (Row("ann", "Ann"),)
    [note] = found.notes
    assert "columns not used: Grade (known are submission, name," in note


@pytest.mark.parametrize(
    ("text", "got", "cure"),
    [
        ("", "the columns are none", "`submission` is needed"),
        ("name,email\nAnn,a@b\n", "the columns are name, email", "`submission` is needed"),
        ("submission,name,Name\nann,a,b\n", "2 columns 'name'", "keep one"),
        ("submission\nann\nbob\nann\n", "2 rows have the submission 'ann'", "keep one row for each student"),
        ("submission,email\nann,x@y\nbob,x@y\n", "2 rows have the email 'x@y'", "keep one row for each student"),
        ("submission,sis_id\nann,1\nbob,1\n", "2 rows have the sis_id '1'", "keep one row for each student"),
        ("submission,late_days\nann,0\nbob,two\n", "line 3: late_days is 'two'", "a number of days"),
        ("submission,late_days\nann,-1\n", "line 2: late_days is '-1'", "0 or more"),
        ("submission,late_days\nann,nan\n", "line 2: late_days is 'nan'", "a number of days"),
        ("submission,late_days\nann,inf\n", "line 2: late_days is 'inf'", "a number of days"),
        ("submission,name\nann,Lee, Ann\n", "line 2 has 3 cells, the first line 2", "between quotation marks"),
        ('submission,name\nann,"Lee\n', "line 2 is not CSV", "quotation mark left open"),
        ("submission\nMüller\n".encode("latin-1"), "not text in UTF-8", "save it as `CSV UTF-8`"),
        ("submission\nann\n".encode("utf-16"), "not text in UTF-8", "save it as `CSV UTF-8`"),
    ],
)
def test_a_fault_is_told_with_what_was_got_and_what_to_do(tmp_path, text, got, cure):
    told = complaint(tmp_path, text)
    assert got in told and cure in told


def test_rows_and_submissions_without_each_other_are_listed(tmp_path):
    found = roster(tmp_path, "submission,name\nann,Ann\nbob,Bob\n,Cy Ng\n,Dee Oz\n")
    matching = match(found, ["eve", "ann", "eve"])
    assert matching.rows == {"ann": Row("ann", "Ann")}
    assert matching.without_result == (Row("bob", "Bob"), Row("", "Cy Ng"), Row("", "Dee Oz"))
    assert matching.without_row == ("eve",)


def test_an_accented_name_matches_in_both_encodings_and_gives_its_row_to_one_submission(tmp_path):
    composed, split = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))
    found = roster(tmp_path, f"submission\n{split}\n")
    assert list(match(found, [composed]).rows) == [composed]
    matching = match(found, [composed, split])
    assert list(matching.rows) == [composed] and matching.without_row == (split,)


def test_a_name_in_other_capitals_is_another_name(tmp_path):
    matching = match(roster(tmp_path, "submission\nAnn\n"), ["ann"])
    assert matching.rows == {} and matching.without_row == ("ann",)


def test_without_a_roster_nothing_is_missing():
    matching = match(None, ["ann"])
    assert (matching.rows, matching.without_result, matching.without_row) == ({}, (), ())
