"""Submissions are found in every layout of GRADER's list, each under its student's name, and nothing is dropped."""

import os

import pytest

from coursekit.grading.layouts import find_submissions

STEMS = {"03": "03_minimax_theory", "04": "04_vanilla_gan"}


def made(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def found(folder, lesson=""):
    graded, left = find_submissions(folder, STEMS, lesson)
    return [(one.student, one.lesson[:2], str(one.path.relative_to(folder))) for one in graded], left


def test_one_folder_a_student(tmp_path):
    made(tmp_path, "bob/03_minimax_theory.py", "ann/04_vanilla_gan.ipynb", "ann/03_minimax_theory.ipynb")
    everything = [
        ("ann", "03", "ann/03_minimax_theory.ipynb"),
        ("ann", "04", "ann/04_vanilla_gan.ipynb"),
        ("bob", "03", "bob/03_minimax_theory.py"),
    ]
    assert found(tmp_path) == (everything, [])
    assert found(tmp_path, "04")[0] == everything[1:2]


def test_flat_files_are_students_of_the_lesson_that_is_given(tmp_path):
    made(tmp_path, "ann.py", "bob.ipynb", "03_minimax_theory.py")
    assert [student for student, _, _ in found(tmp_path, "03")[0]] == ["03_minimax_theory", "ann", "bob"]
    graded, left = found(tmp_path)
    assert graded == [("03_minimax_theory", "03", "03_minimax_theory.py")]
    assert [text.split(":")[0] for text in left] == ["ann.py", "bob.ipynb"]


def test_nbgrader(tmp_path):
    made(tmp_path, "submitted/ann/ps1/03_minimax_theory.ipynb", "submitted/ann/ps1/.ipynb_checkpoints/03_x.ipynb")
    made(tmp_path, "source/ps1/03_minimax_theory.ipynb", "release/ps1/03_minimax_theory.ipynb")
    assert found(tmp_path)[0] == [("ann", "03", "submitted/ann/ps1/03_minimax_theory.ipynb")]


@pytest.mark.parametrize(
    "form", ["{}_assignsubmission_file/{}", "{}_assignsubmission_file_/{}", "{}_assignsubmission_file_{}"]
)
def test_moodle_with_folders_and_without(tmp_path, form):
    made(
        tmp_path,
        form.format("Ann van Dam_1234", "03_minimax_theory.ipynb"),
        form.format("Bo_Li_7", "04_vanilla_gan.py"),
    )
    assert [(student, lesson) for student, lesson, _ in found(tmp_path)[0]] == [
        ("Ann van Dam_1234", "03"),
        ("Bo_Li_7", "04"),
    ]


def test_canvas_with_its_numbers_its_late_mark_and_the_try(tmp_path):
    made(tmp_path, "annadam_11_900_03_minimax_theory.ipynb", "boli_LATE_12_901_03_minimax_theory-2.py")
    graded, left = find_submissions(tmp_path, STEMS)
    assert [(one.student, one.note) for one in graded] == [
        ("annadam_11", ""),
        ("boli_12", "It came late."),
    ] and left == []


def test_a_zip_that_wraps_all_in_one_folder(tmp_path):
    made(
        tmp_path,
        "hw3/ann/03_minimax_theory.py",
        "hw3/bob/03_minimax_theory.py",
        "__MACOSX/hw3/ann/03_minimax_theory.py",
    )
    assert [student for student, _, _ in found(tmp_path)[0]] == ["ann", "bob"]


def test_of_both_forms_the_notebook_is_graded_and_the_report_says_so(tmp_path):
    made(tmp_path, "ann/03_minimax_theory.py", "ann/03_minimax_theory.ipynb")
    [one] = find_submissions(tmp_path, STEMS)[0]
    assert one.path.suffix == ".ipynb" and one.note.startswith("Both forms were handed in")


def test_of_several_files_the_one_with_the_exercises_name_is_graded(tmp_path):
    made(tmp_path, "ann/03_old.ipynb", "ann/03_minimax_theory.ipynb", "ann/helper.py", "bob/answer.ipynb")
    graded, _ = find_submissions(tmp_path, STEMS, "03")
    assert [one.path.name for one in graded] == ["03_minimax_theory.ipynb", "answer.ipynb"]
    assert graded[0].note == "2 files were handed in for this lesson: 03_minimax_theory.ipynb was graded."


def test_nothing_is_dropped_in_silence(tmp_path):
    made(tmp_path, "ann/notes.ipynb", "bob/03_minimax_theory.docx", "cy/03_minimax_theory.py", "dee/99_other.py")
    graded, left = found(tmp_path)
    assert [student for student, _, _ in graded] == ["cy"]
    assert [text.split(":")[0] for text in left] == ["ann/notes.ipynb", "dee/99_other.py", "ann", "bob", "dee"]


def test_no_link_to_a_folder_is_followed(tmp_path):
    made(tmp_path, "ann/03_minimax_theory.py")
    os.symlink(tmp_path / "ann", tmp_path / "mallory")
    os.symlink(tmp_path, tmp_path / "ann" / "loop")
    assert [student for student, _, _ in found(tmp_path)[0]] == ["ann"]
