"""The class server of docs/serving_a_class.md as its students meet it."""

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("jupyterhub", "nbgitpuller", "jupyterhub_idle_culler", "psutil", "requests", "websocket")
NEEDED = {name: importlib.util.find_spec(name) for name in MODULES} | {
    "node": shutil.which("node"),
    "configurable-http-proxy": shutil.which("configurable-http-proxy", path=Path(sys.executable).parent)
    or shutil.which("configurable-http-proxy"),
    "a clone made by git": (ROOT / ".git").exists() and shutil.which("git"),
    "Linux or macOS": os.name == "posix",
}
MISSING = [name for name, found in NEEDED.items() if not found]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(MISSING), reason=f"docs/serving_a_class.md says how to install {', '.join(MISSING)}"),
]
LOOK_AROUND = """
import os, nbformat, torch, coursekit
cells = len(nbformat.read("00_start_here.ipynb", 4).cells)
[cells, torch.get_num_threads(), coursekit.__file__, os.environ["COURSEKIT_OFFLINE"], os.path.expanduser("~")]
"""
START_EXERCISE = """
import subprocess
subprocess.getoutput("cd .. && python -m coursekit start 03")
"""


def value(kernel, code: str):
    """The value of a cell whose last line is an expression that JSON can hold."""
    *lines, last = code.strip().splitlines()
    [output] = kernel.run("\n".join(["import json", *lines, f"json.dumps({last})"]))
    assert "ename" not in output, "\n".join(output.get("traceback", []))
    return json.loads(ast.literal_eval(output["data"]["text/plain"]))


def commit(folder: Path, name: str, text: str) -> None:
    """What a teacher does in the repository that is handed out."""
    (folder / name).write_text(text)
    git = ["git", "-C", folder, "-c", "user.name=teacher", "-c", "user.email=teacher@localhost"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "news"], check=True)


def test_a_wrong_password_is_refused(hub):
    _, answer = hub.log_in("eve", "not-the-password")
    assert answer.status_code == 403
    assert not hub.home("eve").exists()


def test_nobody_sees_a_server_without_logging_in(ann):
    import requests

    answer = requests.get(f"{ann.hub.url}/user/ann/api/contents", timeout=60)
    assert answer.status_code == 403 or "/hub/login" in answer.url


def test_one_student_does_not_open_the_server_of_another(ann):
    bob, _ = ann.hub.log_in("bob")
    assert bob.get("/user/ann/api/contents").status_code == 403
    assert ann.get("/user/ann/api/contents").ok


def test_the_link_puts_lectures_and_exercises_into_the_home_and_no_solutions(ann):
    copy = ann.hub.home("ann") / "gans"
    assert (copy / "notebooks" / "00_start_here.ipynb").is_file()
    assert (copy / "exercises" / "03_minimax_theory.ipynb").is_file()
    assert not (copy / "solutions").exists() and not (copy / "tests").exists()
    shown = ann.get("/user/ann/api/contents/gans/notebooks").json()["content"]
    assert {each["name"] for each in shown} >= {"00_start_here.ipynb", "03_minimax_theory.ipynb"}


def test_a_notebook_finds_torch_and_the_students_own_copy_of_the_course(ann):
    with ann.kernel("gans/notebooks/00_start_here.ipynb") as kernel:
        n_cells, *rest = value(kernel, LOOK_AROUND)
    home = ann.hub.home("ann")
    assert n_cells > 10
    assert rest == [1, str(home / "gans" / "coursekit" / "__init__.py"), "1", str(home)]


def test_a_student_starts_an_exercise_with_the_command_of_the_lectures(ann):
    with ann.kernel("gans/notebooks/03_minimax_theory.ipynb") as kernel:
        said = value(kernel, START_EXERCISE)
    copy = ann.hub.home("ann") / "gans" / "work" / "03_minimax_theory.ipynb"
    assert copy.is_file(), said


def test_an_update_reaches_the_student_and_keeps_what_the_student_wrote(ann):
    copy = ann.hub.home("ann") / "gans"
    mine, answer = copy / "notebooks" / "00_start_here.ipynb", copy / "work" / "answer.txt"
    mine.write_text(mine.read_text().replace("{", "{\n", 1))
    answer.parent.mkdir(exist_ok=True)
    answer.write_text("42")
    commit(ann.hub.handed_out, "notebooks/news.txt", "from the teacher")
    commit(ann.hub.handed_out, "notebooks/00_start_here.ipynb", "{}")
    assert '"phase": "finished"' in ann.follow_link()
    assert (copy / "notebooks" / "news.txt").read_text() == "from the teacher"
    assert mine.read_text().startswith("{\n\n") and answer.read_text() == "42"
