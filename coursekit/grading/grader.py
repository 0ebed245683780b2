"""Runs the checks on the submissions inside pytest, and writes each submission's result when its last check is done.

torch's global generator is seeded before each check, equally for the whole class. Before the first submission each
check is asked whether its own reference passes, on the very inputs that the class will get.
"""

import contextlib
import inspect
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from coursekit.grading import results, sandbox
from coursekit.grading.intake import Submission, read_submission
from coursekit.grading.launch import Launched
from coursekit.grading.plugin import Entry
from coursekit.grading.session import Fault, Limits, Session
from coursekit.grading.standins import spare_the_compiler
from coursekit.grading.student import Reference, Student
from coursekit.grading.zygote import Zygote

GRADER = pytest.StashKey["Grader"]()
OURS = (sandbox.SandboxError, KeyboardInterrupt, ImportError, OSError, MemoryError, NameError)  # no answer causes these
UNGRADED = "ungraded: "  # begins the line that says why a submission has no result


class Grader:
    """The hooks of a pytest that grades, and the session of the submission that is being graded."""

    def __init__(self, config: pytest.Config, entries: list[Entry], level: str, launched: Launched | None):
        self.config, self.option, self.entries, self.level = config, config.option, entries, level
        self.launched, self.zygote = launched, None
        self.results = Path(self.option.results) if self.option.results else None
        self.lessons: dict[str, str] = {}  # NN -> NN_topic
        self.hidden: dict[str, set[str]] = {}  # by lesson
        self.open_checks: dict[results.Key, int] = {}
        self.done: dict[results.Key, list[results.Check]] = {}
        self.session: Session | None = None
        self.graded: tuple[Entry, str] | None = None  # the submission and the lesson of `session`
        config.stash[GRADER] = self
        spare_the_compiler()

    # The submission that is being graded

    def started(self) -> Zygote:
        """The zygote: the one that was launched for us, or a new one if it was lost."""
        if self.zygote is None:
            shared = socket.socket(fileno=self.option.zygote) if self.option.zygote else None
            self.zygote = Zygote(self.level, self.launched, shared)
        elif self.zygote.closed:
            self.zygote = Zygote(self.level)
        return self.zygote

    def session_of(self, entry: Entry, lesson: str) -> Session:
        if self.graded != (entry, lesson):
            self.end_session()
            limits = Limits(call=self.option.call_seconds, clock=self.option.clock_seconds)
            refused = Submission(entry.name, refused=entry.refused)
            submission = refused if entry.refused else read_submission(Path(entry.path), entry.name)
            self.session = Session(self.started(), submission, tuple(sorted(self.hidden[lesson])), limits)
            self.graded = (entry, lesson)
        return self.session

    def end_session(self) -> None:
        if self.session:
            with contextlib.suppress(sandbox.SandboxError):  # the zygote was lost, and the child with it
                self.session.end()
        self.session = self.graded = None

    def pytest_unconfigure(self) -> None:
        self.end_session()
        if self.zygote is not None:
            self.zygote.close()
        elif self.launched:
            self.launched.end()

    # Which checks run on what

    def pytest_report_header(self) -> str:
        warning = ": NO ISOLATION, for your own work only" if self.level == "none" else ""
        return f"grading {len(self.entries)} submissions, isolation {self.level}{warning}"

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        number = lesson_number(collection_path) if collection_path.suffix == ".py" else ""
        return True if number and not self.entries_for(number) else None

    def entries_for(self, number: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.lesson in ("", number)]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "submission" in metafunc.fixturenames:
            entries = self.entries_for(lesson_number(Path(metafunc.module.__file__)))
            names = [re.sub(r"[^\w.-]", "_", entry.name) for entry in entries]
            metafunc.parametrize("submission", entries, ids=names, indirect=True, scope="session")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in filter(entry_of, items):
            self.lessons.setdefault(lesson_number(item.path) or item.path.stem, item.path.stem.removeprefix("test_"))
            self.hidden.setdefault(self.lesson_of(item), set()).update(getattr(item.module, "HIDDEN", ()))
        stored = results.stored(self.results) if self.results else {}
        done = [item for item in items if entry_of(item) and self.key(item) in stored]
        items[:] = [item for item in items if item not in done]
        self.config.hook.pytest_deselected(items=done)
        order = {entry: at for at, entry in enumerate(self.entries)}
        items.sort(key=lambda item: order.get(entry_of(item), -1))  # one submission after the other: stable
        for item in filter(entry_of, items):
            key = self.key(item)
            self.open_checks[key] = self.open_checks.get(key, 0) + 1

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        checks = {item.function: item for item in session.items if hasattr(item.function, "stand_in")}
        for check, item in checks.items():
            torch.default_generator.manual_seed(self.seed(item))
            try:
                check(Reference({item.originalname[5:]: check.stand_in}, check.mutates))
            except Exception as error:
                told = f"{type(error).__name__}: {error}"
                raise pytest.UsageError(
                    f"exercise {check_id(item)} is broken, its own reference fails: {told}"
                ) from error

    def lesson_of(self, item: pytest.Item) -> str:
        """The lesson that a check belongs to, NN_topic: private checks of a lesson are called as the public ones."""
        return self.lessons[lesson_number(item.path) or item.path.stem]

    def key(self, item: pytest.Item) -> results.Key:
        return entry_of(item).name, self.lesson_of(item)

    def seed(self, item: pytest.Item) -> int:
        return results.seed_for(self.option.secret, check_id(item))

    # What became of them

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        report = yield
        if entry_of(item) and (call.when == "call" or (call.when == "setup" and call.excinfo)):
            check = self.checked(item, call.excinfo)
            report.user_properties.append(("status", check.status if check else "ungraded"))
            if check and call.excinfo and isinstance(call.excinfo.value, Fault | AssertionError):
                report.longrepr = f"{check.id} {check.status}\n{check.message}"  # a traceback of ours tells nobody
            printed = results.printable(self.session.text()) if self.session else ""
            if printed:
                report.sections.append(("printed by the submission", printed))
        return report

    def checked(self, item: pytest.Item, excinfo: pytest.ExceptionInfo | None) -> results.Check | None:
        """A check's outcome; stores the submission's result if it was the last. None if the fault is ours."""
        if excinfo and excinfo.errisinstance(OURS):
            told = f"{excinfo.typename}: {excinfo.value}".replace("\n", " ")[:500]
            print(f"\n{UNGRADED}{entry_of(item).name}, {check_id(item)}: {told}", flush=True)
            return None  # no result is stored, so that a resume grades it
        marker = item.get_closest_marker("points")
        most = marker.args[0] if marker else getattr(item.function, "points", 1)
        status, message = outcome(excinfo.value if excinfo else None)
        points = most if status == "passed" else 0
        check = results.Check(check_id(item), points, most, status, results.printable(message))
        key = self.key(item)
        checks = self.done.setdefault(key, [])
        checks.append(check)
        if len(checks) == self.open_checks[key] and self.results:
            results.append(self.results, results.Result(*key, self.level, tuple(checks), entry_of(item).note))
        return check


def lesson_number(path: Path) -> str:
    """NN of a file of checks test_NN_topic.py, else ""."""
    number = re.match(r"test_(\d\d)_", path.name)
    return number[1] if number else ""


def check_id(item: pytest.Item) -> str:
    """NN.function, as in a notebook's `check("03.js_divergence", js_divergence)`."""
    return f"{lesson_number(item.path) or item.path.stem}.{item.originalname.removeprefix('test_')}"


def entry_of(item: pytest.Item) -> Entry | None:
    """The submission that a check runs on; None for a test that has none."""
    entry = item.callspec.params.get("submission") if hasattr(item, "callspec") else None
    return entry if isinstance(entry, Entry) else None


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
def submission(request: pytest.FixtureRequest) -> Entry:
    """The submission that is being graded."""
    return request.param


@pytest.fixture
def student(request: pytest.FixtureRequest, submission: Entry) -> Student:
    """The submission as an object whose attributes are its functions."""
    grader, item, check = request.config.stash[GRADER], request.node, request.function
    session, seed = grader.session_of(submission, grader.lesson_of(item)), grader.seed(item)
    stand_in, mutates = getattr(check, "stand_in", None), getattr(check, "mutates", ())
    names = list(inspect.signature(stand_in).parameters) if stand_in else []
    torch.default_generator.manual_seed(seed)
    return Student(session, seed, mutates, {item.originalname.removeprefix("test_"): names})
