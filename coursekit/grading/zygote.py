"""The grader's side of the zygote: starts it, asks it for children, and ends them."""

import json
import os
import socket
import subprocess
import tempfile
import time

from coursekit.grading import sandbox, wire

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from coursekit.grading.worker import main; main()"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",  # one multi-threaded operation before the fork hangs every child
    "OMP_WAIT_POLICY": "PASSIVE",
    "CUDA_VISIBLE_DEVICES": "",  # with a GPU the first backward starts threads, and they do not survive a fork
    "TORCHINDUCTOR_CACHE_DIR": "/tmp",  # torch makes this folder at import; this one is there, and stays empty
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "COURSEKIT_OFFLINE": "1",
    "COURSEKIT_GRADING": "1",
    "COURSEKIT_DEVICE": "cpu",
}
START_SECONDS = 120.0


class Zygote:
    """A warm process that forks children; a context manager, at whose end no process is left."""

    def __init__(self, level: str):
        self.level = level
        ours, theirs = socket.socketpair()
        paths = sandbox.import_path()
        around = sandbox.bubblewrap(paths) if level == "namespace" else []
        command = [*around, sandbox.interpreter(), "-I", "-S", "-c", START, json.dumps(paths), str(theirs.fileno())]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._process = subprocess.Popen(
            command,
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._socket = ours
        try:
            wire.receive(ours.fileno(), time.monotonic() + START_SECONDS)
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
        if not self._errors.closed:
            size = os.fstat(self._errors.fileno()).st_size
            told = os.pread(self._errors.fileno(), 2000, max(0, size - 2000)).decode(errors="replace")
        self.close()
        return sandbox.SandboxError(f"{reason}\n{told}".strip())

    def close(self) -> None:
        """Ends the zygote and all its children."""
        self._socket.close()
        self._errors.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
