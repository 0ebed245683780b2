"""pytest grades: one command, statuses and points a check, results that are the same at every grading."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from coursekit.grading import sandbox
from coursekit.grading.plugin import outcome

from .harness import CHECKS, PLUGIN, graded, processes_of_graders, pytest_command
from .hostile import REFERENCE, WRONG

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
    assert "ZeroDivisionError: division by zero (line 9 of your file)" in done.stdout
    assert xml.read_text().count("<testcase") == 2


def test_a_grader_that_is_killed_leaves_whole_lines_and_no_process(files, tmp_path):
    (tmp_path / "spins.py").write_text("while True: pass")
    many = {"ann": files["ann"], "spins": tmp_path / "spins.py", "bob": files["bob"]}
    before = processes_of_graders()
    results = tmp_path / "r.jsonl"
    grader = subprocess.Popen(
        pytest_command(many, results, f"--isolation={LEVEL}"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not results.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    assert [json.loads(line)["submission"] for line in results.read_text().splitlines()] == ["ann"]
    while processes_of_graders() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_graders() - before == set()


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
