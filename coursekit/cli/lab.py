"""`coursekit lab`: JupyterLab on the start page, or a check that the start page runs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.clone import ROOT, START_PAGE, need


def with_course_settings(environment: dict[str, str]) -> dict[str, str]:
    """The environment with the course's Jupyter settings put before the reader's own."""
    paths = [str(ROOT / ".jupyter"), environment.get("JUPYTER_CONFIG_PATH", "")]
    return environment | {"JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path)}


def lab_command(flags: list[str]) -> list[str]:
    """The command line that serves the clone with JupyterLab; `flags` are Jupyter's own."""
    as_root = ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    return [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}", *as_root, *flags]


def lab(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Run the start page through a server, then stop.")] = False,
) -> None:
    """Open the course in JupyterLab.

    Flags of Jupyter's own (--no-browser, --port 8899) are passed on.
    """
    need(START_PAGE, ".jupyter")
    if check:
        from coursekit.cli.smoke import run_start_page

        sheet = ROOT / "runs" / "check" / Path(START_PAGE).with_suffix(".png").name
        raise typer.Exit(run_start_page(ROOT / START_PAGE, sheet))
    command = lab_command(context.args)
    if os.name == "nt":  # exec on Windows gives the prompt back while the server runs
        raise typer.Exit(subprocess.call(command, cwd=ROOT, env=with_course_settings(dict(os.environ))))
    os.chdir(ROOT)
    os.execve(command[0], command, with_course_settings(dict(os.environ)))
