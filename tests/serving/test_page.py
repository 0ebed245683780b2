"""What docs/serving_a_class.md says is there: files, commands, pins, variables; and its small programs work."""

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import typer
from traitlets.config import Config

from coursekit.cli import app
from coursekit.cli.clone import START_PAGE

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "serving_a_class.md"
TEXT = PAGE.read_text(encoding="utf-8")
SERVING = ROOT / "docs" / "serving"
CONFIGURATION = SERVING / "jupyterhub_config.py"
BLOCKS = re.findall(r"^( *)```bash\n(.*?)^\1```$", TEXT, re.MULTILINE | re.DOTALL)
PIN = re.compile(r"^([a-z0-9-]+)==(\d[\w.]*)(?: |$)", re.MULTILINE)


def configured(monkeypatch, password: str | None) -> Config:
    """The configuration that JupyterHub would read, with or without CLASS_PASSWORD."""
    monkeypatch.delenv("CLASS_PASSWORD", raising=False)
    monkeypatch.delenv("COURSEKIT_DATA", raising=False)
    if password:
        monkeypatch.setenv("CLASS_PASSWORD", password)
    config = Config()
    code = compile(CONFIGURATION.read_text(encoding="utf-8"), CONFIGURATION, "exec")
    exec(code, {"get_config": lambda: config, "__file__": str(CONFIGURATION)})
    return config


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / name).read_text(encoding="utf-8")))


def test_links_and_files_that_the_page_names_exist():
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", TEXT) if not link.startswith("http")]
    assert links and [link for link in links if not (PAGE.parent / link).exists()] == []
    named = set(re.findall(r"docs/serving/[\w.]+", TEXT))
    assert {Path(name).name for name in named} == {path.name for path in SERVING.iterdir() if path.is_file()}
    assert "docs/serving_a_class.md" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_every_block_of_commands_is_bash():
    assert BLOCKS
    for _, block in BLOCKS:
        commands = re.sub(r"<[^>]+>", "NAME", block)  # <this repository>
        answer = subprocess.run(["bash", "-n"], input=commands, capture_output=True, text=True)
        assert answer.returncode == 0 and not answer.stderr, f"{commands}\n{answer.stderr}"


def test_every_command_of_the_course_and_its_options_exist():
    lines = re.findall(r"coursekit ([a-z][a-z-]*)((?: [^\s`]+)*)", "\n".join(block for _, block in BLOCKS))
    assert lines
    commands = typer.main.get_command(app).commands
    for name, words in lines:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word for word in words.split() if word.startswith("--")} <= known


def test_what_the_page_imports_from_the_course_exists():
    imports = re.findall(r"from (coursekit[\w.]*) import (\w+)", TEXT)
    assert imports
    assert [name for module, name in imports if not hasattr(importlib.import_module(module), name)] == []


def test_the_pins_are_exact_and_none_is_in_the_lock_already():
    file = SERVING / "requirements.txt"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    added = pins("docs/serving/requirements.txt")
    assert len(lines) == len(added), "each line is name==version, and nothing else: no address, no range"
    assert {"jupyterhub", "nbgitpuller", "jupyterhub-idle-culler"} <= set(added)
    assert set(added) & set(pins("requirements.lock")) == set()


def test_the_proxy_is_pinned_wherever_the_page_installs_it():
    versions = re.findall(r"npm install\b.*configurable-http-proxy(.*)", TEXT)
    assert versions and len(set(versions)) == 1 and re.fullmatch(r"@\d+\.\d+\.\d+", versions[0])


def test_what_the_page_says_of_versions_is_what_is_pinned():
    for name, version in re.findall(r"\b(JupyterHub|nbgitpuller) (\d+\.\d+\.\d+)", TEXT):
        assert pins("docs/serving/requirements.txt")[name.lower()] == version


def test_a_class_logs_in_with_the_systems_passwords_and_each_server_runs_as_its_student(monkeypatch):
    config = configured(monkeypatch, None)
    assert (config.JupyterHub.authenticator_class, config.JupyterHub.spawner_class) == ("pam", "localprocess")
    assert config.PAMAuthenticator.allowed_groups and "allow_all" not in config.Authenticator
    for group in config.PAMAuthenticator.allowed_groups:
        assert re.search(rf"groupadd {group}\b", TEXT), f"the page makes no group {group}"


def test_a_trial_has_the_password_that_it_was_given_and_keeps_homes_below_its_own_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    config = configured(monkeypatch, "eight-letters")
    assert config.SharedPasswordAuthenticator.user_password == "eight-letters"
    assert config.SimpleLocalProcessSpawner.home_dir_template == str(tmp_path / "students" / "{username}")


def test_nobody_but_this_machine_reaches_the_hub_before_there_is_a_certificate(monkeypatch):
    assert urlsplit(configured(monkeypatch, None).JupyterHub.bind_url).hostname == "127.0.0.1"


def test_servers_get_the_variables_that_the_course_reads(monkeypatch):
    environment = configured(monkeypatch, None).Spawner.environment
    assert environment["COURSEKIT_OFFLINE"] == environment["OMP_NUM_THREADS"] == "1"
    assert environment["COURSEKIT_DATA"] in TEXT, "the page says how to fill the folder of data"
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "coursekit").rglob("*.py")]
    ours = [name for name in environment if name.startswith("COURSEKIT_")]
    assert ours and [name for name in ours if not any(f'"{name}"' in source for source in sources)] == []


def test_the_link_leads_to_the_copy_that_the_servers_import_from_and_opens_the_start_page(monkeypatch):
    [link] = set(re.findall(r"https://\S*/hub/user-redirect/git-pull\?\S+", TEXT))
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert query["urlpath"] == f"lab/tree/{query['targetpath']}/{START_PAGE}"
    spawner = type("Spawner", (), {"user_env": lambda self, env: {"HOME": "/home/ann"}})()
    path = configured(monkeypatch, None).Spawner.environment["PYTHONPATH"](spawner)
    assert Path(path) == Path("/home/ann") / query["targetpath"]


@pytest.mark.skipif(not (ROOT / ".git").exists() or shutil.which("bash") is None, reason="needs a clone made by git")
def test_what_is_handed_out_is_the_course_without_solutions_and_a_second_time_only_what_changed(tmp_path):
    out = tmp_path / "course"
    for said in ("files changed", "has all of it already"):
        answer = subprocess.run([SERVING / "hand_out.sh", out], check=True, capture_output=True, text=True)
        assert said in answer.stdout
        assert f"git-pull?repo=file%3A%2F%2F{quote(str(out), safe='')}&branch=main&targetpath=gans" in answer.stdout
    there = {path.name for path in out.iterdir()}
    assert {"notebooks", "exercises", "coursekit", ".jupyter", "README.md"} <= there
    assert there & {"solutions", "tests", "benchmarks"} == set()
    log = subprocess.run(["git", "-C", out, "log", "--oneline"], check=True, capture_output=True, text=True)
    assert len(log.stdout.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_a_student_is_what_the_process_holds_alone():
    pytest.importorskip("psutil", reason="psutil is not installed")
    spec = importlib.util.spec_from_file_location("memory", SERVING / "memory.py")
    memory = importlib.util.module_from_spec(spec)
    sys.modules["memory"] = memory  # where dataclass looks for it
    spec.loader.exec_module(memory)
    hold = "block = b'x' * 60_000_000; print('held', flush=True); input()"
    command = [sys.executable, "-c", hold, "ipykernel_launcher"]
    environment = dict(os.environ) | {"JUPYTERHUB_USER": "ann-of-the-test"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        process.stdout.readline()
        [row] = [row for row in memory.processes() if row.student == "ann-of-the-test"]
        process.communicate(b"\n")
    assert (row.kind, row.pid) == ("kernel", process.pid)
    assert 60 <= row.private <= row.share < 100
