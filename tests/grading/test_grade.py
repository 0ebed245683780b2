"""A class graded from end to end: the solutions get everything, others what they deserve, always the same bytes."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from rich.console import Console

from coursekit.build import ROOT, build_solutions
from coursekit.build.sources import list_sources
from coursekit.grading import commands, results, sandbox
from coursekit.grading.commands import Order
from coursekit.grading.own import checks_in
from coursekit.grading.student import Reference

from .harness import processes_of_graders, tagged

LEVEL = next(level for level, reason in sandbox.working_levels().items() if not reason)
STEM = "03_minimax_theory"
SOLUTION = (ROOT / "solutions" / "right" / f"{STEM}.py").read_text(encoding="utf-8")  # short, without pictures
LESSONS = [path.stem for path in list_sources(ROOT / "solutions")]
LAST = "smoothed_optimal_discriminator"  # no other function of the file uses it
DEF = f"\n\ndef {LAST}(p, q, alpha, beta):\n    "
CLASS = {  # what is added to the solution: what it costs
    "right": "",
    "exits": DEF + "import os; os._exit(0)\n",
    "loops": DEF + "while True: pass\n",
    "asks": DEF + f"from coursekit.theory import {LAST} as f; return f(p, q, alpha, beta)\n",
    "changes": DEF + "p.zero_(); return p.sum()\n",
}


def make_class(folder: Path, additions: dict[str, str]) -> Path:
    for name, code in additions.items():
        (folder / name).mkdir(parents=True)
        (folder / name / f"{STEM}.py").write_text(SOLUTION + code, encoding="utf-8")
    return folder


def grade(order: Order) -> tuple[int, dict[str, dict], str]:
    """Exit code, results by submission, and what the terminal shows."""
    console = Console(width=200, record=True, file=io.StringIO())
    code = commands.grade(order, console)
    stored = results.stored(order.out / "results.jsonl")
    return code, {submission: result for (submission, _), result in stored.items()}, console.export_text()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, dict], str]:
    folder = tmp_path_factory.mktemp("class")
    make_class(folder, CLASS)
    build_solutions(ROOT / "solutions", folder / "solved", [STEM])
    (folder / "stub").mkdir()
    shutil.copyfile(ROOT / "exercises" / f"{STEM}.ipynb", folder / "stub" / f"{STEM}.ipynb")
    out = tmp_path_factory.mktemp("graded") / "out"
    return grade(Order(folder, out, n_jobs=1, isolation=LEVEL, call_seconds=1, seed=1))


def statuses(result: dict) -> dict[str, str]:
    return {check["id"].partition(".")[2]: check["status"] for check in result["checks"]}


def test_the_solution_scores_everything_as_file_and_as_notebook(graded):
    code, by_name, _ = graded
    assert code == 0
    for name in ("right", "solved"):
        assert set(statuses(by_name[name]).values()) == {"passed"}, by_name[name]
        assert by_name[name]["points"] == by_name[name]["max_points"] > 6


def test_the_notebook_as_handed_out_scores_nothing_and_counts_as_not_started(graded):
    result = graded[1]["stub"]
    assert result["points"] == 0 and set(statuses(result).values()) == {"not_started"}


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("exits", "crashed", "it ended the process (exit code 0)"),
        ("loops", "timeout", "stopped after 1 s of computing"),
        ("asks", "violation", "coursekit.theory may not be imported"),
        ("changes", "failed", f"{LAST} changed its argument p_data in place"),
    ],
)
def test_a_crash_a_loop_a_look_at_the_answers_and_a_change_cost_their_own_check(graded, name, status, words):
    result = graded[1][name]
    assert [key for key, value in statuses(result).items() if value != "passed"] == [LAST]
    assert statuses(result)[LAST] == status
    assert words in next(check["message"] for check in result["checks"] if check["status"] == status)


def test_the_table_shows_what_the_class_could_not_do(graded):
    row = next(line for line in graded[2].splitlines() if f"03.{LAST}" in line)
    assert "2 of 7 (28 %)" in row and "in place" in row


@pytest.mark.parametrize("stem", LESSONS)
def test_the_reference_of_each_check_passes_where_only_data_travels(stem):
    """As before each grading; a probe that needs its file, or an argument that is no data, fails here."""
    for name, check in checks_in(f"test_{stem}").items():
        torch.manual_seed(results.seed_for("", f"{stem[:2]}.{name}"))
        check(Reference({name: check.stand_in}, check.mutates))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("level", sandbox.LEVELS)
def test_the_solutions_of_all_lessons_score_everything_at_each_level(level, tmp_path):
    if obstacle := sandbox.obstacle(level):
        pytest.skip(obstacle)
    build_solutions(ROOT / "solutions", tmp_path / "class" / "notebooks", LESSONS)
    (tmp_path / "class" / "files").mkdir()
    for stem in LESSONS:
        shutil.copy(ROOT / "solutions" / f"{stem}.py", tmp_path / "class" / "files")
    code, _, text = grade(Order(tmp_path / "class", tmp_path / "out", isolation=level))
    stored = results.stored(tmp_path / "out" / "results.jsonl")
    assert code == 0 and len(stored) == 2 * len(LESSONS), text
    for key, result in stored.items():
        assert result["points"] == result["max_points"], (key, result)


def command(folder: Path, out: Path, *options: str) -> list[str]:
    how = [f"--isolation={LEVEL}", "--seed=3", "--call-seconds=1", *options]
    return [sys.executable, "-m", "coursekit", "grade", str(folder), "--out", str(out), *how]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("ending", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_after_a_kill_or_an_interrupt_resume_gives_the_same_bytes_and_nothing_is_left(ending, code, tmp_path):
    folder = make_class(tmp_path / "class", {f"{name}{i}": code for i in range(4) for name, code in CLASS.items()})
    assert subprocess.run(command(folder, tmp_path / "whole")).returncode == 0
    grader = subprocess.Popen(command(folder, tmp_path / "cut"), env=tagged(tmp_path))
    path, deadline = tmp_path / "cut" / "results.jsonl", time.monotonic() + 300
    while (not path.exists() or path.read_bytes().count(b"\n") < 3) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_of_graders(tmp_path)
    os.kill(grader.pid, ending)
    assert grader.wait() == code
    while processes_of_graders(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_graders(tmp_path) == set()
    assert 3 <= path.read_bytes().count(b"\n") < 20
    assert subprocess.run(command(folder, tmp_path / "cut", "--resume")).returncode == 0
    whole = tmp_path / "whole"
    for one in (file.relative_to(whole) for file in whole.rglob("*") if file.is_file()):
        assert (tmp_path / "cut" / one).read_bytes() == (whole / one).read_bytes(), one
    assert {p.name for p in whole.iterdir()} == {p.name for p in (tmp_path / "cut").iterdir()}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_workers_of_dask_give_the_results_of_this_machine(tmp_path):
    distributed = pytest.importorskip("distributed")
    folder = make_class(tmp_path / "class", {f"{name}{i}": code for i in range(4) for name, code in CLASS.items()})
    os.symlink("/etc/passwd", folder / "right0" / "03_other.py")
    (tmp_path / "private").mkdir()
    private = "def test_coin(student):\n    assert float(student.optimal_discriminator(T(1.0), T(1.0))) == 0.5\n"
    (tmp_path / "private" / "test_03_more.py").write_text(f"from torch import tensor as T\n\n{private}")
    order = Order(folder, tmp_path / "here", isolation=LEVEL, seed=3, call_seconds=1, checks=tmp_path / "private")
    assert grade(order)[0] == 0
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        there = Order(**vars(order) | {"out": tmp_path / "there", "scheduler": cluster.scheduler_address})
        code, by_name, _ = grade(there)
    assert code == 0 and len(by_name) == 20 and len(by_name["right1"]["checks"]) == 7
    here = (tmp_path / "here" / "results.jsonl").read_bytes()
    assert (tmp_path / "there" / "results.jsonl").read_bytes() == here


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_check_that_its_own_reference_fails_is_exit_code_2_before_anything_is_graded(tmp_path):
    make_class(tmp_path / "class", {"right": ""})
    (tmp_path / "private").mkdir()
    lines = [
        "from coursekit.checks.judging import exercise",
        "@exercise(points=1, stand_in=lambda: 1)",
        "def test_one(student): assert student.one() == 2, 'one is wrong'",
    ]
    (tmp_path / "private" / "test_03_more.py").write_text("\n".join(lines))
    order = Order(tmp_path / "class", tmp_path / "out", isolation=LEVEL, n_jobs=1, checks=tmp_path / "private")
    code, by_name, text = grade(order)
    assert code == 2 and by_name == {} and "03.one is broken" in text and "one is wrong" in text


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_regrades_under_load_change_no_byte(tmp_path):
    """Twenty times fifty submissions with COURSEKIT_REGRADES=20; two times by default."""
    names = list(CLASS)[:1] * 8 + list(CLASS)[1:2] + list(CLASS)[3:5]
    make_class(tmp_path / "class", {f"{names[i % 11]}{i}": CLASS[names[i % 11]] for i in range(50)})
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        seen = set()
        for i in range(int(os.environ.get("COURSEKIT_REGRADES", 2))):
            order = Order(tmp_path / "class", tmp_path / f"out{i}", isolation=LEVEL, seed=3)
            assert grade(order)[0] == 0
            seen.add((order.out / "results.jsonl").read_bytes())
    finally:
        for process in load:
            process.kill()
            process.wait()
    [content] = seen
    assert len(content.splitlines()) == 50 and sum(json.loads(line)["points"] for line in content.splitlines()) > 0
