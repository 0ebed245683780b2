"""`python -m coursekit COMMAND`: makes the environment `.venv` once, then runs the command inside it.

Only the standard library is imported here, and the syntax is that of Python 3.7, so that an old or a bare Python
reaches the sentence that says what it lacks. `COURSEKIT_ENV=current` uses the running Python as it is (a container,
conda).
"""

from __future__ import annotations

import collections
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
SPACE_GB = 8 if sys.platform == "linux" else 3  # on Linux it takes 6.2 GB, CUDA's libraries included; plus unpacking
STAMP = "coursekit-stamp"

CURES = (  # what pip says -> what to do about it; the first match counts, so disk and hashes come before the network
    (
        r"No space left on device|Errno 28",
        "The disk is full: free {space} GB for {venv} (and look at TMPDIR), then repeat.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A download is damaged or was altered: run `{python} -m pip cache purge`, then repeat.",
    ),
    (
        r"NewConnectionError|[Nn]ame ?[Rr]esolution|Connect ?Timeout|[Rr]ead timed out|ProxyError|SSLError"
        r"|ConnectionReset|Network is unreachable",
        "The package index was not reached: check the network or the proxy (HTTPS_PROXY), then repeat.",
    ),
    (
        r"No matching distribution found|not a supported wheel",
        "A package has no build for Python {version} on this machine: try another Python from 3.11 on.",
    ),
    (
        r"Permission denied|Errno 13",
        "{venv} cannot be written: check who owns the folder, or delete .venv, then repeat.",
    ),
)


class SetupError(Exception):
    """The environment could not be made; the message says why and what to do."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def python_of(venv):
    """Path of the interpreter inside a virtual environment, on this system."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(root):
    """Hash of what the environment is made from: lock, project file, Python's version, and the place of the clone."""
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((root / name).read_bytes())
    digest.update("{}.{} {}".format(*sys.version_info[:2], root).encode())  # the editable install points at the place
    return digest.hexdigest()


def is_ready(root):
    """True if `.venv` was completed from the present lock, project file and Python."""
    stamp = root / ".venv" / STAMP
    return stamp.is_file() and stamp.read_text() == fingerprint(root) and python_of(root / ".venv").exists()


def is_inside(root):
    """True if the running interpreter is that of `.venv`."""
    return Path(sys.prefix).resolve() == (root / ".venv").resolve()


def complain(root):
    """Raise SetupError if this Python or this folder cannot carry an environment."""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    if sys.version_info < OLDEST:
        cure = "install a newer one and name it: `make lab PYTHON=python3.11`, or `python3.11 -m coursekit lab`"
        raise SetupError(f"This is Python {version} ({sys.executable}); the course needs 3.11 or newer: {cure}.")
    if not (root / "requirements.lock").is_file():
        cure = "run `python3 -m coursekit` in the top folder of a clone, or set COURSEKIT_ENV=current to go without"
        raise SetupError(f"There is no requirements.lock in {root} to make the environment from: {cure}.")
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        cure = f"on Debian and Ubuntu `sudo apt install {package}`, elsewhere install Python from python.org"
        raise SetupError(f"{sys.executable} cannot make environments, its venv or ensurepip is missing: {cure}.")


def check_space(root):
    """Raise SetupError if the disk has no room for an environment."""
    free = shutil.disk_usage(root).free / 1e9
    if free < SPACE_GB:
        raise SetupError(f"{root} has {free:.1f} GB free, an environment needs {SPACE_GB}: free some, then repeat.")


def explain(output, root):
    """One sentence with the likely cause and the cure for a failed command, from what it printed."""
    for pattern, cure in CURES:
        if re.search(pattern, output):
            names = {"venv": root / ".venv", "python": python_of(root / ".venv"), "space": SPACE_GB}
            return cure.format(version="{}.{}".format(*sys.version_info[:2]), **names)
    return "The lines above say why; to start afresh, delete the folder .venv and repeat."


def shorten(line):
    """A line of pip's in at most 90 letters, without the tags of a wheel's name."""
    line = re.sub(r"-(?:py|cp)\d\S*\.whl| \(from .*", "", " ".join(line.split()))
    return line if len(line) <= 90 else line[:86] + " ..."


def run_shown(command, root, began, every=5.0):
    """Run a command in `root` with a line of progress every few seconds; show its last lines only if it fails.

    `began` is the time.monotonic() of the whole set-up: the seconds shown count from there.
    """
    lines = collections.deque(["starting"], maxlen=400)
    command = [str(part) for part in command]
    process = subprocess.Popen(command, cwd=str(root), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def read():
        with process.stdout as output:
            lines.extend(line.decode(errors="replace").strip() for line in output)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    shown, used = None, shutil.disk_usage(str(root)).used
    try:
        while process.poll() is None:
            try:
                process.wait(every)
            except subprocess.TimeoutExpired:
                last = shorten(lines[-1])
                written = max(0, shutil.disk_usage(str(root)).used - used) / 1e9
                news = f"... {written:.1f} GB written so far" if last == shown else last
                say(f"  {time.monotonic() - began:4.0f} s  {news}")
                shown = last
    finally:
        process.kill()  # where an interrupt reached only us; one that has ended does not mind
        reader.join()
    if process.returncode:
        output = "\n".join(lines)
        say("\n".join("    " + line for line in list(lines)[-15:]))
        raise SetupError(f"`{' '.join(command[2:4])} ...` failed. {explain(output, root)}")


def has_pip(root):
    """True if `.venv` has the running version of Python, and a pip that starts."""
    code = "import pip, sys; print(sys.version_info[:2])"
    python = python_of(root / ".venv")
    try:
        answer = subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:  # no such file, or one that was cut off
        return False
    return answer.stdout.decode().strip() == str(tuple(sys.version_info[:2]))


def install(root):
    """Make or repair `.venv` from the lock, and stamp it last, so that an interrupted installation is repeated."""
    began = time.monotonic()
    venv, stamp = root / ".venv", root / ".venv" / STAMP
    if stamp.is_file():
        say("The lock or the project file has changed: renewing the environment .venv.")
        stamp.unlink()
    if not has_pip(root):
        check_space(root)
        say("Making the environment .venv. This happens once and takes some minutes.")
        run_shown([sys.executable, "-m", "venv", "--clear", venv], root, began)
    # compiling 13,000 files is most of the work, and Python compiles by itself the few that it imports
    flags = ["--no-compile", "--progress-bar", "off", "--no-input", "--disable-pip-version-check"]
    pip = [python_of(venv), "-m", "pip", "install", *flags]
    say("Installing the packages of requirements.lock ...")
    run_shown([*pip, "--require-hashes", "-r", "requirements.lock"], root, began)
    run_shown([*pip, "--no-deps", "--no-build-isolation", "-e", "."], root, began)
    stamp.write_text(fingerprint(root))
    say(f"The environment .venv is ready ({time.monotonic() - began:.0f} s).")


def hand_over(root, arguments):
    """Run the same command inside `.venv`; does not return."""
    command = [str(python_of(root / ".venv")), "-m", "coursekit", *arguments]
    if os.name == "nt":  # exec on Windows gives the prompt back before the command has ended
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def prepare(root, arguments):
    """Return if this interpreter is the one to use; otherwise make `.venv` if need be and go on inside it."""
    if os.environ.get("COURSEKIT_ENV") == "current":
        return
    if is_inside(root):
        if not is_ready(root):
            say("Note: .venv was not made from the present requirements.lock; run `deactivate` and repeat to renew it.")
        return
    complain(root)
    if not is_ready(root):
        install(root)
    hand_over(root, arguments)


def main():
    try:
        prepare(ROOT, sys.argv[1:])
    except SetupError as error:
        sys.exit(f"\ncoursekit: {error}")
    except OSError as error:
        sys.exit(f"\ncoursekit: {error}. Check who owns the folder and how full the disk is, or delete .venv.")
    except KeyboardInterrupt:
        sys.exit("\ncoursekit: interrupted; the next start takes up the installation again.")
    try:
        from coursekit.cli import main as run_command
    except ModuleNotFoundError as error:
        cure = "install the packages with `pip install -e .[test]`, or unset COURSEKIT_ENV"
        sys.exit(f"coursekit: this Python ({sys.executable}) has no package {error.name}: {cure}.")
    run_command()


if __name__ == "__main__":
    main()
