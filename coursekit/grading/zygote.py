"""The grader's side of the zygote: waits until it is warm, asks it for children, and ends them."""

import os
import socket
import time

from coursekit.grading import sandbox, wire
from coursekit.grading.launch import Launched, launch

START_SECONDS = 120.0


class Zygote:
    """A warm process that forks children; a context manager, at whose end no process is left.

    `connection` is the socket of a zygote that somebody else has launched and will end; without it one is launched.
    """

    def __init__(self, level: str, launched: Launched | None = None, connection: socket.socket | None = None):
        self.level = level
        self.launched = launched if launched or connection else launch(level)
        self._socket = connection or self.launched.sockets[0]
        try:
            wire.receive(self._socket.fileno(), time.monotonic() + START_SECONDS)
        except (EOFError, TimeoutError, OSError) as error:
            raise self.lost(f"no process at level {level}: {error}") from error

    def fork(self, hidden: tuple[str, ...], channel: int, output: int) -> int:
        """A new child that serves the socket `channel` and prints to `output`; its number, 0 if there is none."""
        frame = wire.encode(("fork", self.level, hidden))
        socket.send_fds(self._socket, [frame[: wire.LENGTHS.size]], [channel, output])
        return self._ask(frame[wire.LENGTHS.size :])

    def seconds(self, pid: int) -> float:
        """Processor time that a child has used so far, in seconds."""
        return self._ask(wire.encode(("seconds", pid)))

    def end(self, pid: int, patience: float = 0.0) -> int:
        """Ends a child, which gets `patience` seconds to finish dying by itself; its wait status."""
        return self._ask(wire.encode(("end", pid, patience)))

    def _ask(self, frame: bytes) -> int | float:
        try:
            wire.send(self._socket.fileno(), frame)
            return wire.receive(self._socket.fileno(), time.monotonic() + START_SECONDS)
        except (EOFError, OSError, ValueError) as error:  # ValueError: it was closed before
            raise self.lost(f"the grader's process is gone: {error}") from error

    @property
    def closed(self) -> bool:
        """Whether it was closed or lost."""
        return self._socket.fileno() < 0

    def lost(self, reason: str) -> sandbox.SandboxError:
        """Closes the zygote; the error to raise, with the end of what the process printed before it failed."""
        told = ""
        if self.launched and not self.launched.printed.closed:
            size = os.fstat(self.launched.printed.fileno()).st_size
            told = os.pread(self.launched.printed.fileno(), 2000, max(0, size - 2000)).decode(errors="replace")
        self.close()
        return sandbox.SandboxError(f"{reason}\n{told}".strip())

    def close(self) -> None:
        """Ends the zygote, as far as it is ours, and all its children."""
        self._socket.close()
        if self.launched and not self.launched.printed.closed:
            self.launched.end()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
