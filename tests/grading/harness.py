"""Grades submissions in a pytest of its own, as `coursekit grade` does, and looks for what they left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKS = Path(__file__).parent / "checks"
PLUGIN = [
    sys.executable,
    "-P",
    "-m",
    "pytest",
    "-c",
    os.devnull,
    "--noconftest",
    "-q",
    "-p",
    "coursekit.grading.plugin",
]
PLUGIN += ["-p", "no:cacheprovider", "--tb=short"]


def pytest_command(files: dict[str, Path], results: Path, *options: str) -> list[str]:
    """The command that grades files by name with the checks here."""
    listing = results.with_suffix(".txt")
    listing.write_text("".join(json.dumps([name, str(path)]) + "\n" for name, path in files.items()))
    return [*PLUGIN, str(CHECKS), "--submissions-from", str(listing), "--results", str(results), *options]


def graded(files: dict[str, Path], results: Path, *options: str) -> dict[str, dict]:
    """Results by name; the results file is left for a look at its bytes."""
    results.unlink(missing_ok=True)
    command = pytest_command(files, results, *options)
    settings = {"env": tagged(results.parent), "stdin": subprocess.DEVNULL}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", **settings)
    if done.returncode not in (0, 1) or not results.exists():
        raise RuntimeError(f"pytest ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return {result["submission"]: result for result in map(json.loads, results.read_text().splitlines())}


def tagged(folder: Path) -> dict[str, str]:
    """An environment in which the command line of every zygote names the folder, as one to import from."""
    (folder / "site-packages").mkdir(exist_ok=True)
    paths = [str(folder / "site-packages"), os.environ.get("PYTHONPATH", "")]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def processes_of_graders(folder: Path) -> set[int]:
    """Numbers of zygotes that were started in the environment `tagged(folder)`, and of whatever descends from one."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"coursekit.grading.worker" in said and bytes(folder) in said:
                found.add(int(entry.name))
    return found
