"""A JupyterLab of its own for checks and browser tests: token, free port, and no file of the reader's home."""

import os
import re
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coursekit.cli.clone import ROOT
from coursekit.cli.lab import lab_command, with_course_settings

PRIVATE = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
)


class ServerError(Exception):
    """JupyterLab did not start; the message has the end of its log."""


@dataclass(frozen=True)
class Server:
    """A running server: `url` ends with a slash, `token` opens it."""

    url: str
    token: str


@contextmanager
def serving(flags: tuple[str, ...] = (), **environment: str) -> Iterator[Server]:
    """Serve the clone on 127.0.0.1 while the block runs; `environment` is added to that of server and kernels.

    Raises ServerError if it does not answer within 60 seconds.
    """
    with tempfile.TemporaryDirectory(prefix="coursekit-lab-", ignore_cleanup_errors=True) as folder:
        private = {name: str(Path(folder) / name.lower()) for name in PRIVATE}
        switch_autosave_off(Path(private["JUPYTERLAB_SETTINGS_DIR"]))
        token, log = secrets.token_hex(16), Path(folder) / "server.log"
        command = lab_command(["--no-browser", f"--IdentityProvider.token={token}", *flags])
        inline = {"MPLBACKEND": ""}  # one that is set for tests would keep pictures out of notebooks
        settings = with_course_settings(dict(os.environ) | private | inline | environment)
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Server(wait_for_url(process, log), token)
        finally:
            stop(process)


def switch_autosave_off(settings: Path) -> None:
    """A check leaves the notebooks of the clone as they are, however long it runs."""
    file = settings / "@jupyterlab" / "docmanager-extension" / "plugin.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"autosave": false}')


def wait_for_url(process: subprocess.Popen, log: Path, seconds: float = 60) -> str:
    """The address that the server prints once it listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"(http://127\.0\.0\.1:\d+/)lab\S*\?token=", log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    state = f"ended with {process.returncode}" if process.returncode is not None else f"was silent for {seconds:.0f} s"
    last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise ServerError(f"JupyterLab {state}; the end of its log:\n{last}")


def stop(process: subprocess.Popen) -> None:
    """End the server and its kernels: ask twice, then insist."""
    for end, patience in ((process.terminate, 10), (process.terminate, 5), (process.kill, 5)):
        if process.poll() is None:
            end()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
