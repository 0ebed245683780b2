"""One submission's child: asks it, holds it to its limits, and begins a fresh one when it is lost."""

import contextlib
import copy
import os
import signal
import socket
import time
from dataclasses import dataclass

from coursekit.grading import wire
from coursekit.grading.intake import Submission
from coursekit.grading.sandbox import SandboxError
from coursekit.grading.zygote import Zygote

try:
    from fcntl import F_SETPIPE_SZ, fcntl
except ImportError:  # not Linux: nothing is graded there, but all can be imported
    fcntl = None

PATIENCE = 0.05  # s: time for a child that dies by itself to die
KEPT_OUTPUT = 1 << 16  # bytes of what it prints
STATUSES = ("returned", "raised", "not_started", "missing")


class Fault(Exception):
    """The submission gave no result; `status` is the check's status and the text is for the student."""

    status = "error"


class Raised(Fault):
    """The student's code raised an exception; `kind` is the name of its type."""

    def __init__(self, message: str, kind: str = ""):
        super().__init__(message)
        self.kind = kind


class NotStarted(Fault):
    """The function raises NotImplementedError, as the stub does."""

    status = "not_started"


class TimedOut(Fault):
    status = "timeout"


class Crashed(Fault):
    status = "crashed"


class Violation(Fault):
    """It asked for what it may not have, or answered in a form that is no answer."""

    status = "violation"


@dataclass(frozen=True)
class Limits:
    """Seconds: of the child's processor time for a call and for loading the submission, and by the clock for either.

    The clock is generous, since a busy machine must not cost a student points; it ends what sleeps.
    """

    call: float = 3.0
    load: float = 10.0
    clock: float = 60.0


DEFAULTS = Limits()


class Session:
    """A submission to ask. After a crash, a timeout or a violation the next question goes to a fresh child."""

    def __init__(self, zygote: Zygote, submission: Submission, hidden: tuple[str, ...] = (), limits: Limits = DEFAULTS):
        self.zygote, self.submission, self.hidden, self.limits = zygote, submission, hidden, limits
        self.output = b""
        self.skipped: list[str] = []  # of a notebook: statements that failed, in words
        self.pid = 0
        self.failure: Fault | None = Raised(submission.refused) if submission.refused else None

    def ask(self, request: tuple) -> dict:
        """The child's answer to a "call" or "probe" request (see `child.py`); raises the Fault if there is none."""
        if self.failure:
            raise copy.copy(self.failure)
        if not self.pid:
            self.begin()
        name = request[2] if request[0] == "call" else "your code"
        return checked(self.exchange(request, self.limits.call), name, self.skipped)

    def begin(self) -> None:
        """Forks a child and loads the submission; if that fails, it fails once for all checks."""
        self.fork()
        cells, is_notebook = self.submission.cells, self.submission.is_notebook
        try:
            answer = self.exchange(("load", cells, is_notebook), self.limits.load)
            if is_notebook:  # a forbidden import was a failing statement, and those are skipped
                failed = answer.get("result")
                self.skipped = [str(text)[:300] for text in failed[:20]] if isinstance(failed, list) else []
                answer["forbidden"] = []
            checked(answer, "loading")
        except Fault as fault:
            self.failure = fault
            self.end()
            raise copy.copy(fault) from None

    def fork(self) -> None:
        ours, theirs = socket.socketpair()
        reader, writer = os.pipe()
        with contextlib.suppress(OSError):
            fcntl(writer, F_SETPIPE_SZ, 1 << 20)
        for fd in (ours.fileno(), reader):
            os.set_blocking(fd, False)
        self.channel, self.printed = ours, reader
        self.pid = self.zygote.fork(self.hidden, theirs.fileno(), writer)
        theirs.close()
        os.close(writer)
        if not self.pid:
            ours.close()
            os.close(reader)
            raise SandboxError("no child was to be had: is the machine out of memory or processes?")
        try:
            wire.receive(ours.fileno(), time.monotonic() + self.limits.clock)
        except (EOFError, OSError) as error:
            self.drain()
            self.end()
            raise SandboxError(f"a child could not be locked: {error}\n{self.text()}") from error

    def exchange(self, request: tuple, seconds: float) -> dict:
        """The answer to a request within so many seconds of processor time; on a Fault the child is ended."""
        frame = wire.encode(request)
        used: list[float] = []  # what the child had used at the first look, a tenth of a second after it was asked

        def meanwhile() -> None:
            self.drain()
            used.append(self.zygote.seconds(self.pid))
            if used[-1] - used[0] > seconds:
                raise TimeoutError(f"stopped after {seconds:g} s of computing")

        deadline = time.monotonic() + self.limits.clock
        try:
            wire.send(self.channel.fileno(), frame, deadline)
            answer = wire.receive(self.channel.fileno(), deadline, meanwhile)
            self.drain()
            if not isinstance(answer, dict) or answer.get("status") not in STATUSES:
                raise wire.ProtocolError("the reply is not an answer")
            return answer
        except TimeoutError as error:
            self.end()
            told = str(error) if "computing" in str(error) else f"no answer after {self.limits.clock:g} s"
            raise TimedOut(f"{told}: does a loop never end?") from None
        except wire.ProtocolError as error:
            self.end()
            raise Violation(f"the answer breaks the protocol: {error}") from None
        except (EOFError, OSError):
            raise death(self.end(PATIENCE)) from None

    def drain(self) -> None:
        """Takes what the child has printed and keeps the beginning."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(64):  # a thread that prints for ever must not keep us here
                part = os.read(self.printed, 1 << 16)
                self.output += part[: KEPT_OUTPUT - len(self.output)]
                if not part:
                    return

    def text(self) -> str:
        """What the submission has printed so far, shortened."""
        return self.output.decode("utf-8", "replace")

    def end(self, patience: float = 0.0) -> int:
        """Ends the child, if there is one; its wait status."""
        if not self.pid:
            return 0
        pid, self.pid = self.pid, 0
        self.channel.close()
        os.close(self.printed)
        return self.zygote.end(pid, patience)


def checked(answer: dict, name: str, skipped: list[str] | None = None) -> dict:
    """The answer if the call of `name` returned; raises the Fault that it describes otherwise."""
    forbidden = answer.get("forbidden")
    if forbidden:
        names = ", ".join(map(str, forbidden)) if isinstance(forbidden, list) else "what holds the answers"
        raise Violation(f"{names[:200]} may not be imported in this exercise")
    why = f" This failed: {skipped[0]}" if skipped else ""
    match answer["status"]:
        case "returned":
            return answer
        case "not_started":
            raise NotStarted(f"{name} is not started yet")
        case "missing":
            raise Raised(f"There is no function {name}.{why}", "NameError")
    kind, message, place = (str(answer.get(part, ""))[:1000] for part in ("kind", "message", "place"))
    why = why if kind == "NameError" else ""
    raise Raised(f"{name} stopped{place} with {kind}: {message}{why}", kind)


def death(status: int) -> Fault:
    """What a wait status says about a child that closed its channel."""
    if not os.WIFSIGNALED(status):
        return Crashed(f"it ended the process (exit code {os.waitstatus_to_exitcode(status)})")
    number = os.WTERMSIG(status)
    if number == signal.SIGSYS:
        return Violation("it made a system call that no exercise needs")
    return Crashed(f"the process died of {signal.Signals(number).name}")
