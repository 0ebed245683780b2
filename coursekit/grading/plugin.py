"""pytest plugin: `pytest CHECKS -p coursekit.grading.plugin --submission FILE` runs each check on each submission.

A check file is `test_NN_topic.py`; its functions take the fixture `student` (`student.py`), and may carry
`@pytest.mark.points(2)` (1 without it). A list HIDDEN in it names the coursekit modules that hold its answers, which a
submission cannot import. torch's global generator is seeded before each check, equally for the whole class.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from coursekit.grading import results, sandbox
from coursekit.grading.intake import read_submission
from coursekit.grading.session import Fault, Limits, Session
from coursekit.grading.student import Student
from coursekit.grading.zygote import Zygote

GRADER = pytest.StashKey["Grader"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("coursekit", "grading submissions")
    group.addoption("--submission", action="append", default=[], metavar="[NAME=]FILE", help=".py or .ipynb to grade")
    group.addoption("--submissions-from", metavar="FILE", help="a file with one [NAME=]FILE per line")
    group.addoption("--isolation", default="auto", choices=("auto", *sandbox.LEVELS), help="how a submission is locked")
    group.addoption("--results", metavar="FILE", help="append one JSON object per submission to this file")
    group.addoption("--resume", action="store_true", help="continue --results: grade what it does not hold yet")
    group.addoption("--secret", default="", metavar="TEXT", help="from which the random inputs of all checks are drawn")
    group.addoption("--call-seconds", type=float, default=Limits.call, help="processor time for one call")
    group.addoption("--clock-seconds", type=float, default=Limits.clock, help="time by the clock for one call")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "points(n): what a check is worth, 1 without the marker")
    try:
        config.stash[GRADER] = grader = Grader(config)
    except sandbox.SandboxError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(grader, "coursekit-grader")


def lesson_of(path: Path) -> str:
    """The stem NN_topic of a check file."""
    return path.stem.removeprefix("test_")


def check_id(item: pytest.Item) -> str:
    """NN.function, as in a notebook's `check("03.js_divergence", js_divergence)`."""
    number = re.match(r"\d*", lesson_of(item.path))[0]
    return f"{number or lesson_of(item.path)}.{item.originalname.removeprefix('test_')}"


def named(entry: str) -> tuple[str, Path]:
    """Name and path of a [NAME=]FILE."""
    name, equals, path = entry.rpartition("=")
    return (name, Path(path)) if equals else (Path(entry).stem, Path(entry))


class Grader:
    """Runs checks on submissions, and writes a submission's result when its last check is done."""

    def __init__(self, config: pytest.Config):
        self.config, self.option = config, config.option
        entries = list(self.option.submission)
        if self.option.submissions_from:
            entries += Path(self.option.submissions_from).read_text(encoding="utf-8").splitlines()
        self.submissions = [named(entry) for entry in entries]
        self.level = sandbox.chosen(self.option.isolation) if self.submissions else ""
        self.zygote: Zygote | None = None
        self.results = Path(self.option.results) if self.option.results else None
        if self.results and self.results.exists() and not self.option.resume:
            raise pytest.UsageError(f"{self.results} holds results: continue it with --resume, or move it away")
        self.open_checks: dict[tuple[str, str], int] = {}
        self.done: dict[tuple[str, str], list[results.Check]] = {}
        self.sessions: dict[tuple[str, ...], Session] = {}  # of the present submission, by what is hidden from it

    def start(self) -> Zygote:
        """The zygote; a new one if there is none yet or it was lost."""
        if self.zygote is None or self.zygote.closed:
            self.zygote = Zygote(self.level)
        return self.zygote

    def session(self, submission: tuple[str, Path], hidden: tuple[str, ...]) -> Session:
        """The submission's session in which these modules are hidden."""
        if hidden not in self.sessions:
            limits = Limits(call=self.option.call_seconds, clock=self.option.clock_seconds)
            name, path = submission
            self.sessions[hidden] = Session(self.start(), read_submission(path, name), hidden, limits)
        return self.sessions[hidden]

    def end_sessions(self) -> None:
        for session in self.sessions.values():
            with contextlib.suppress(sandbox.SandboxError):  # the zygote was lost, and the child with it
                session.end()
        self.sessions.clear()

    def pytest_report_header(self) -> list[str]:
        if not self.submissions:
            return []
        warning = ": NO ISOLATION, for your own work only" if self.level == "none" else ""
        return [f"grading {len(self.submissions)} submissions, isolation {self.level}{warning}"]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "submission" in metafunc.fixturenames:
            names = [re.sub(r"[^\w.-]", "_", name) for name, _ in self.submissions]
            metafunc.parametrize("submission", self.submissions, ids=names, indirect=True, scope="session")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.results:
            stored = results.stored(self.results)
            done = [item for item in items if submission_of(item) and result_key(item) in stored]
            items[:] = [item for item in items if item not in done]
            self.config.hook.pytest_deselected(items=done)
            self.put_in_order()
        order = {submission: at for at, submission in enumerate(self.submissions)}
        items.sort(key=lambda item: order.get(submission_of(item), -1))  # one submission after the other: stable
        for item in filter(submission_of, items):
            key = result_key(item)
            self.open_checks[key] = self.open_checks.get(key, 0) + 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        report = yield
        if submission_of(item) and (call.when == "call" or (call.when == "setup" and call.excinfo)):
            report.user_properties.append(("status", self.record(item, call.excinfo)))
            printed = results.printable("".join(session.text() for session in self.sessions.values()))
            if printed:
                report.sections.append(("printed by the submission", printed))
        return report

    def record(self, item: pytest.Item, excinfo: pytest.ExceptionInfo | None) -> str:
        """Notes a check's outcome, and stores the submission's result if it was the last; the status."""
        if excinfo and excinfo.errisinstance((sandbox.SandboxError, KeyboardInterrupt)):
            return "ungraded"  # our fault: no result is stored, so that a resume grades it
        marker = item.get_closest_marker("points")
        most = marker.args[0] if marker else 1
        status, message = outcome(excinfo.value if excinfo else None)
        points = most if status == "passed" else 0
        key = result_key(item)
        checks = self.done.setdefault(key, [])
        checks.append(results.Check(check_id(item), points, most, status, results.printable(message)))
        if len(checks) == self.open_checks[key] and self.results:
            results.append(self.results, results.Result(*key, self.level, tuple(checks)))
        return status

    def put_in_order(self) -> None:
        """Rewrites the stored results in the order of the submissions, without a line that was cut off by a kill."""
        if self.results and self.results.exists():
            stored = results.stored(self.results)
            order = {name: at for at, (name, _) in enumerate(self.submissions)}
            results.rewrite(self.results, stored, sorted(stored, key=lambda key: (order.get(key[0], -1), *key)))

    def pytest_sessionfinish(self) -> None:
        self.put_in_order()

    def pytest_unconfigure(self) -> None:
        if self.zygote is not None:
            self.zygote.close()


def submission_of(item: pytest.Item) -> tuple[str, Path] | None:
    """Name and path of the submission that a check runs on; None for a test that has none."""
    return item.callspec.params.get("submission") if hasattr(item, "callspec") else None


def result_key(item: pytest.Item) -> tuple[str, str]:
    return submission_of(item)[0], lesson_of(item.path)


def outcome(error: BaseException | None) -> tuple[str, str]:
    """Status and message of a check that ended with this exception, or with none.

    Of an AssertionError only the check's own words are told: the rest shows hidden inputs and expected values.
    """
    if error is None:
        return "passed", ""
    if isinstance(error, Fault):
        return error.status, str(error)
    if isinstance(error, AssertionError):
        words = str(error).split("\nassert ")[0].strip()
        return "failed", words if words and not words.startswith("assert ") else "a wrong answer"
    return "failed", f"the answer is not of the kind that was asked for ({type(error).__name__})"


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    """Name and path of the submission that is being graded."""
    yield request.param
    request.config.stash[GRADER].end_sessions()


@pytest.fixture
def student(request: pytest.FixtureRequest, submission: tuple[str, Path]) -> Student:
    """The submission as an object whose attributes are its functions."""
    grader = request.config.stash[GRADER]
    session = grader.session(submission, tuple(getattr(request.module, "HIDDEN", ())))
    seed = results.seed_for(grader.option.secret, check_id(request.node))
    torch.manual_seed(seed)
    return Student(session, seed)
