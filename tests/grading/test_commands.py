"""`coursekit grade`: exit codes, what is on disk afterwards, and interruption."""

import io
import json
import zipfile
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from rich.console import Console

from coursekit.grading import commands, jobs, sandbox
from coursekit.grading.commands import Order, Stop
from coursekit.grading.layouts import Found


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "class" / "ann").mkdir(parents=True)
    (tmp_path / "class" / "ann" / "03_minimax_theory.py").write_text("x = 1\n")
    return Order(tmp_path / "class", tmp_path / "out", isolation="none")


def told(order: Order) -> tuple[int, str]:
    console = Console(width=200, record=True, file=io.StringIO())
    code = commands.grade(order, console)
    return code, console.export_text()


def fake_jobs(monkeypatch: pytest.MonkeyPatch, statuses: list[str] | Exception) -> None:
    """Jobs that write one result a submission, or raise."""

    def grade(plan, found, path, n_jobs, work, tell):
        if isinstance(statuses, BaseException):
            raise statuses
        said = [] if statuses else ["ann, 03.f: OSError: the disk is full"]
        with open(path, "a") as file:
            for one, status in zip(found, statuses, strict=False):
                check = {"id": "03.f", "points": 0, "max_points": 1, "status": status, "message": "a hint\nof two"}
                head = {"submission": one.student, "lesson": one.lesson, "points": 0, "max_points": 1}
                file.write(json.dumps(head | {"isolation": "none", "checks": [check]}) + "\n")
        return said

    monkeypatch.setattr(jobs, "grade", grade)


def test_all_graded_is_0_whatever_the_scores_and_reports_are_there(order, monkeypatch):
    fake_jobs(monkeypatch, ["failed"])
    code, text = told(order)
    assert code == 0 and "03.f" in text and "of two (1 of 1)" in text and "NO ISOLATION" in text
    names = {path.name for path in order.out.iterdir()}
    assert {"results.jsonl", "seed.txt", "notes.txt", "class.html", "grades.csv"} <= names and ".work" not in names


def test_what_could_not_be_graded_is_3_and_listed(order, monkeypatch):
    fake_jobs(monkeypatch, [])
    code, text = told(order)
    assert code == 3 and "ann, 03_minimax_theory: could not be graded" in text and "the disk is full" in text


def test_only_who_handed_nothing_in_is_told_so(order, tmp_path, monkeypatch):
    fake_jobs(monkeypatch, [])
    (tmp_path / "roster.csv").write_text("submission,name\nann,Ann\nben,Ben\n")
    _, text = told(replace(order, roster=tmp_path / "roster.csv"))
    assert [line for line in text.splitlines() if "nothing was handed in" in line and "ben" in line.lower()]
    assert not [line for line in text.splitlines() if "nothing was handed in" in line and "ann" in line.lower()]


def test_a_relative_out_is_the_same_folder_for_the_jobs(order, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(jobs, "grade", lambda plan, found, path, *rest: seen.append(path) or [])
    monkeypatch.chdir(tmp_path)
    told(replace(order, out=Path("out")))
    assert seen == [tmp_path / "out" / "results.jsonl"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"submissions": Path("/nowhere")}, "no folder and no zip"),
        ({"lesson": "77"}, "no checks for lesson '77'"),
        ({"roster": Path("/nowhere.csv")}, "roster: "),
        ({"checks": Path("/nowhere")}, "has no file test_"),
        ({"scheduler": "tcp://127.0.0.1:9", "isolation": "auto"}, "--scheduler"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(order, change, words, monkeypatch):
    def refuse(address, *_):
        raise OSError("no scheduler there")

    monkeypatch.setattr("coursekit.grading.cluster.grade_on_cluster", refuse)
    code, text = told(Order(**vars(order) | change))
    assert code == 2 and words in text


def test_a_broken_exercise_is_2(order, monkeypatch):
    fake_jobs(monkeypatch, jobs.BrokenExercise("its own reference fails"))
    code, text = told(order)
    assert code == 2 and "its own reference fails" in text


def test_results_that_are_there_are_not_overwritten_and_resume_keeps_the_seed(order, monkeypatch):
    fake_jobs(monkeypatch, ["passed"])
    assert told(Order(**vars(order) | {"seed": 5}))[0] == 0
    before = (order.out / "results.jsonl").read_bytes()
    assert told(order)[0] == 2
    resumed = Order(**vars(order) | {"resume": True})
    assert told(Order(**vars(resumed) | {"seed": 6}))[0] == 2
    assert told(resumed)[0] == 0 and (order.out / "seed.txt").read_text() == "5\n"
    assert (order.out / "results.jsonl").read_bytes() == before


def test_without_the_required_isolation_it_is_4(order, monkeypatch):
    monkeypatch.setattr(sandbox, "obstacle", lambda level: "is missing")
    code, text = told(Order(**vars(order) | {"isolation": "auto"}))
    assert code == 4 and "is missing" in text and not order.out.exists()


def test_an_interrupt_is_130_and_leaves_what_was_graded(order, monkeypatch):
    fake_jobs(monkeypatch, KeyboardInterrupt())
    code, text = told(order)
    assert code == 130 and "--resume" in text and not (order.out / ".work").exists()


def test_seeds_differ_from_class_to_class_unless_one_is_given(order, tmp_path):
    order.out.mkdir()
    first = commands.secret(order)
    assert commands.secret(order) == first  # kept for a regrade
    assert commands.secret(Order(tmp_path, tmp_path)) != first
    assert (order.out / "seed.txt").stat().st_mode & 0o077 == 0


def test_a_zip_is_unpacked_for_the_time_of_the_grading(order, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as zipped:
        zipped.writestr("bo_12_9_03_minimax_theory.py", "x = 1")
    fake_jobs(monkeypatch, ["passed"])
    code, _ = told(Order(**vars(order) | {"submissions": tmp_path / "class.zip"}))
    assert code == 0 and '"bo_12"' in (order.out / "results.jsonl").read_text()
    (tmp_path / "class.zip").write_bytes(b"PK no zip")
    again = {"submissions": tmp_path / "class.zip", "out": tmp_path / "other"}
    assert told(Order(**vars(order) | again))[0] == 2


def test_private_checks_come_after_the_public_ones_of_their_lesson(order, tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "test_03_secret.py").write_text("")
    files, stems = commands.checks(Order(**vars(order) | {"checks": tmp_path / "private", "lesson": "3"}))
    assert [path.name for path in files] == ["test_03_minimax_theory.py", "test_03_secret.py"]
    assert stems == {"03": "03_minimax_theory"}
    with pytest.raises(Stop):
        commands.checks(Order(**vars(order) | {"checks": tmp_path / "private", "lesson": "04"}))


def test_lost_jobs_are_replaced_as_often_as_allowed(tmp_path):
    calls = []
    found = [Found(name, "03_t", tmp_path) for name in ("ann", "bob")]
    jobs.in_rounds(found, tmp_path / "r.jsonl", lambda missing: calls.append([one.student for one in missing]) or [])
    assert calls == [["ann", "bob"]] * jobs.ROUNDS
    with open(tmp_path / "r.jsonl", "w") as file:
        file.write(json.dumps({"submission": "ann", "lesson": "03_t"}) + "\n")
    calls.clear()
    jobs.in_rounds(found, tmp_path / "r.jsonl", lambda missing: calls.append([one.student for one in missing]) or [])
    assert calls[0] == ["bob"]


def test_pytest_finds_the_plugin_by_itself():
    [found] = entry_points(group="pytest11", name="coursekit.grading.plugin")
    assert found.load().pytest_addoption


def test_each_submission_is_dealt_to_one_job_and_neighbours_are_not_all_dealt_to_the_same():
    class_list = [Found(f"s{i:03}", "03", Path(f"s{i}.py")) for i in range(61)]
    shares = jobs.deal(class_list, 4)
    assert sorted((one for share in shares for one in share), key=lambda one: one.student) == class_list
    assert sorted(map(len, shares)) == [15, 15, 15, 16]
    every_fourth = set(class_list[::4])  # in a class sorted by group, say
    assert all(every_fourth & set(share) for share in shares)
