"""Starts the zygote before anyone imports torch: it warms up while those whom it will serve still start."""

import json
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO

from coursekit.grading import sandbox

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
    "COURSEKIT_PROFILE": "fast",
    "COURSEKIT_GRADING": "1",
    "COURSEKIT_DEVICE": "cpu",
}


@dataclass
class Launched:
    """A zygote that is warming up: the ends of the sockets on which it will serve, and what it prints."""

    process: subprocess.Popen
    sockets: list[socket.socket]
    printed: IO[bytes]

    def end(self, seconds: float = 10) -> None:
        """Waits for its end, which comes when all sockets are closed, and insists after so many seconds."""
        for one in self.sockets:
            one.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.printed.close()


def launch(level: str, n: int = 1) -> Launched:
    """Starts a zygote that serves n graders; it ends when all of them have closed their sockets, or with us."""
    pairs = [socket.socketpair() for _ in range(n)]
    paths, theirs = sandbox.import_path(), [pair[1].fileno() for pair in pairs]
    around = sandbox.bubblewrap(paths) if level == "namespace" else []
    command = [*around, sandbox.interpreter(), "-I", "-S", "-c", START, json.dumps(paths), *map(str, theirs)]
    printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
    process = subprocess.Popen(
        command,
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=printed,
        pass_fds=theirs,
        start_new_session=True,
    )
    for _, their_end in pairs:
        their_end.close()
    return Launched(process, [ours for ours, _ in pairs], printed)
