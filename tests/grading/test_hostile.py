"""Every hostile, broken or honest submission gets exactly the points it deserves, and leaves nothing behind.

All of it, at each level that the machine allows, two to five minutes a level:
    python -m pytest tests/grading/test_hostile.py -k every_level
The same as an unprivileged user (as root, in a clone and with a Python that user nobody may read):
    setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp python -m pytest -p no:cacheprovider \\
        tests/grading/test_hostile.py -k every_level
"""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.grading import sandbox

from .harness import CHECKS, graded, processes_of_graders
from .hostile import CASES, CONFINED, EVERYWHERE, Case

pytestmark = pytest.mark.slow  # starts pytest of its own for each submission: minutes on two cores

Outcome = tuple[dict[str, dict], list[str]]  # results by submission; what was found afterwards that should not be there


@pytest.fixture(scope="module")
def outcome_at(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], Outcome]:
    """Grades all cases of a level in one pytest, once; without the slow ones or with them."""
    outcomes: dict[tuple[str, bool], Outcome] = {}

    def outcome(level: str, with_slow: bool) -> Outcome:
        if (level, with_slow) not in outcomes:
            cases = [case for case in CASES if level in case.levels and (with_slow or not case.slow)]
            outcomes[level, with_slow] = grade_all(cases, level, tmp_path_factory.mktemp(level))
        return outcomes[level, with_slow]

    return outcome


def grade_all(cases: list[Case], level: str, folder: Path) -> Outcome:
    files = {}
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = {"PORT": str(server.getsockname()[1]), "CHECKS": repr(str(next(CHECKS.glob("*.py"))))}
        words["OTHER"] = repr(str(folder / "submissions" / "reference.py"))
        (folder / "submissions").mkdir()
        for case in cases:
            files[case.name] = folder / "submissions" / f"{case.name}{case.suffix}"
            content = case.content
            for word, value in words.items() if len(content) < 1 << 20 else ():
                content = content.replace(word.encode(), value.encode())
            files[case.name].write_bytes(content)
        for name in ("conftest.py", "sitecustomize.py", "torch.py"):
            (folder / "submissions" / name).write_text("import os; os._exit(0)")
        slow = any(case.slow for case in cases)
        there = sorted((folder / "submissions").iterdir())
        results = graded(
            files,
            folder / "results.jsonl",
            f"--isolation={level}",
            f"--call-seconds={1 if slow else 0.5}",
            "--clock-seconds=20",
        )
        server.settimeout(0)
        left = [f"process {pid}" for pid in processes_of_graders(folder)]
        left += [f"file {path}" for path in sorted((folder / "submissions").iterdir()) if path not in there]
        left += [f"file {path}" for root in ("/tmp", "/dev/shm") for path in Path(root).glob("coursekit_was_here*")]
        try:
            left.append(f"connection {server.accept()[1]}")
        except BlockingIOError:
            return results, left


def assert_deserved(case: Case, results: dict[str, dict]) -> None:
    result = results[case.name]
    status = {check["id"]: check["status"] for check in result["checks"]}
    told = {check["id"]: (check["status"], check["message"][:200]) for check in result["checks"]}
    assert result["points"] == case.points and result["max_points"] == 4, told
    assert status["03.js_divergence"] in case.statuses, told
    if case.points == 2:  # one crash or timeout costs only its own check
        assert status["03.optimal_discriminator"] == status["03.train_step"] == "passed", told


def test_names_of_cases_differ_and_there_are_at_least_120():
    assert len({case.name for case in CASES}) == len(CASES) >= 120


def best_level() -> str:
    """What `auto` would take, or "none" where it would refuse."""
    return next(level for level, reason in sandbox.working_levels().items() if not reason)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", [case for case in CASES if not case.slow], ids=lambda case: case.name)
def test_each_submission_gets_the_points_it_deserves(case, outcome_at):
    level = best_level()
    if level not in case.levels:
        pytest.skip("needs a sandbox; this machine allows none")
    assert_deserved(case, outcome_at(level, False)[0])


def test_no_process_no_file_and_no_connection_is_left(outcome_at):
    assert outcome_at(best_level(), False)[1] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("level", EVERYWHERE)
def test_at_every_level_all_submissions_get_what_they_deserve(level, outcome_at):
    if obstacle := sandbox.obstacle(level):
        pytest.skip(obstacle)
    results, left = outcome_at(level, True)
    wrong = []
    for case in CASES:
        if level in case.levels:
            try:
                assert_deserved(case, results)
            except (AssertionError, KeyError) as error:
                wrong.append(f"{case.name}: {error}")
    assert wrong == [] and left == []
    assert len(results) >= (120 if level in CONFINED else 100)
