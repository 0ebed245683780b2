"""pytest grades: one command, statuses and points a check, results that are the same at every grading."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from coursekit.grading import sandbox
from coursekit.grading.grader import outcome
from coursekit.grading.results import stored

from .harness import CHECKS, PLUGIN, graded, processes_of_graders, pytest_command, tagged
from .hostile import REFERENCE, WRONG

pytestmark = pytest.mark.slow  # starts pytest of its own for each submission: minutes on two cores

LEVEL = next(level for level, reason in sandbox.working_levels().items() if not reason)
STUB = "def js_divergence(p, q): raise NotImplementedError"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    sources = {
        "ann": REFERENCE,
        "bob": WRONG,
        "cy": STUB,
        "dee": REFERENCE.replace("return right(p, q)", "return 1 / 0"),
    }
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source)
    return {name: tmp_path / f"{name}.py" for name in sources}


def test_a_class_gets_its_points_and_a_regrade_is_byte_identical(files, tmp_path):
    results = graded(files, tmp_path / "r.jsonl", f"--isolation={LEVEL}")
    assert {name: result["points"] for name, result in results.items()} == {"ann": 4, "bob": 0, "cy": 0, "dee": 2}
    statuses = {name: [check["status"] for check in result["checks"]] for name, result in results.items()}
    assert statuses["cy"] == ["not_started", "error", "error"] and statuses["dee"] == ["error", "passed", "passed"]
    checks = results["bob"]["checks"]
    assert [check["id"] for check in checks] == ["03.js_divergence", "03.optimal_discriminator", "03.train_step"]
    assert checks[0]["message"] == "JS of two coins is wrong: is m the mean of p and q?"
    assert checks[0]["max_points"] == 2 and results["ann"]["isolation"] == LEVEL
    first = (tmp_path / "r.jsonl").read_bytes()
    graded(files, tmp_path / "r.jsonl", f"--isolation={LEVEL}")
    assert (tmp_path / "r.jsonl").read_bytes() == first


def test_pytest_alone_grades_one_file_with_its_usual_options(files, tmp_path):
    xml = tmp_path / "report.xml"
    command = [*PLUGIN, str(CHECKS), f"--submission={files['dee']}", f"--isolation={LEVEL}", f"--junitxml={xml}"]
    done = subprocess.run([*command, "-k", "js or optimal"], capture_output=True, text=True)
    assert "1 failed, 1 passed, 1 deselected" in done.stdout, done.stdout + done.stderr
    assert "in line 7 of your file, `return 1 / 0`, with ZeroDivisionError: division by zero" in done.stdout
    assert xml.read_text().count("<testcase") == 2


def test_a_grader_that_is_killed_leaves_no_process_and_can_be_resumed_to_the_same_results(files, tmp_path):
    files["dee"].write_text(REFERENCE.replace("return right(p, q)", "while True: pass"))
    many = {name: files[name] for name in ("ann", "dee", "bob")}
    results = tmp_path / "r.jsonl"
    settings = {"env": tagged(tmp_path), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    grader = subprocess.Popen(pytest_command(many, results, f"--isolation={LEVEL}"), **settings)
    deadline = time.monotonic() + 120
    while not results.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    assert [json.loads(line)["submission"] for line in results.read_text().splitlines()] == ["ann"]
    while processes_of_graders(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_graders(tmp_path) == set()
    with open(results, "ab") as file:
        file.write(b'{"submission": "bob", "less')
    subprocess.run(pytest_command(many, results, f"--isolation={LEVEL}", "--resume"), capture_output=True)
    resumed = stored(results)  # the line that was cut is there still, and counts for nothing
    graded(many, results, f"--isolation={LEVEL}")
    assert resumed == stored(results) and [name for name, _ in resumed] == ["ann", "dee", "bob"]


def test_results_that_are_there_are_not_overwritten_and_a_missing_level_is_said(files, tmp_path):
    results = tmp_path / "r.jsonl"
    results.write_text("precious")
    done = subprocess.run(pytest_command(files, results), capture_output=True, text=True)
    assert done.returncode == 4 and "--resume" in done.stderr and results.read_text() == "precious"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, ("passed", "")),
        (AssertionError("too large\nassert 0.1234 == 0.5"), ("failed", "too large")),
        (AssertionError("assert 0.1234 == 0.5"), ("failed", "a wrong answer")),
        (AssertionError(), ("failed", "a wrong answer")),
        (TypeError("0.1234"), ("failed", "the answer is not of the kind that was asked for (TypeError)")),
    ],
)
def test_feedback_tells_the_checks_own_words_and_no_hidden_value(error, expected):
    assert outcome(error) == expected
