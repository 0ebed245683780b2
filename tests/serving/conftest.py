"""A class server, started as the trial of docs/serving_a_class.md, and students who use it over HTTP.

What pyproject.toml does not name is imported where it is used: test_hub.py skips, with the reason, where it is missing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from coursekit.cli.server import Server
from coursekit.cli.smoke import CELL_SECONDS, Kernel, post

if TYPE_CHECKING:
    import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "eight-letters-or-more"
START_SECONDS = 240  # of the hub, or of a server, on a machine that does much else

# The page's configuration on ports that are free; root is refused a server unless it insists.
OVERLAY = """
load_subconfig({configuration!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.Spawner.args = [*c.Spawner.args, *{as_root!r}]
"""


@dataclass(frozen=True)
class Hub:
    """A running hub: its address, its folder, and the repository that it hands out."""

    url: str
    folder: Path
    handed_out: Path

    def home(self, name: str) -> Path:
        return self.folder / "students" / name

    def log_in(self, name: str, password: str = PASSWORD) -> tuple[Student, requests.Response]:
        """A browser that filled in the form of the login page, and the answer."""
        import requests

        browser = requests.Session()
        browser.get(self.url + "/hub/login", timeout=60)
        form = {"username": name, "password": password, "_xsrf": browser.cookies["_xsrf"]}
        return Student(name, self, browser), browser.post(self.url + "/hub/login?next=/hub/home", form, timeout=60)

    def wait_for(self, what: str, found: Callable[[], bool]) -> None:
        """Return once `found`; TimeoutError with the end of the log if it is not within START_SECONDS."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError):  # as those of requests are
                if found():
                    return
            time.sleep(0.5)
        last = "\n".join((self.folder / "hub.log").read_text(errors="replace").splitlines()[-30:])
        raise TimeoutError(f"{what} took more than {START_SECONDS} s; the end of the hub's log:\n{last}")


@dataclass(frozen=True)
class Student:
    """A browser on the hub's pages."""

    name: str
    hub: Hub
    browser: requests.Session

    def get(self, path: str) -> requests.Response:
        return self.browser.get(self.hub.url + path, timeout=60)

    def start_server(self) -> None:
        lab = f"/user/{self.name}/lab"
        self.get("/hub/spawn")
        self.hub.wait_for(f"{self.name}'s server", lambda: self.get(lab).url.endswith(lab))

    def follow_link(self) -> str:
        """Open the page's link as a browser does: the page, then the stream its script asks for; what that says."""
        repository, lesson = quote(f"file://{self.hub.handed_out}"), "lab/tree/gans/notebooks/00_start_here.ipynb"
        query = f"?repo={repository}&branch=main&targetpath=gans&urlpath={quote(lesson)}"
        page = self.get(f"/hub/user-redirect/git-pull{query}")
        assert page.ok and f"/user/{self.name}/git-pull" in page.url and lesson in page.text
        return self.get(f"/user/{self.name}/git-pull/api{query}").text

    @contextlib.contextmanager
    def kernel(self, notebook: str) -> Iterator[Kernel]:
        """A kernel of `notebook` on the student's server, opened with a token that the student asked the hub for."""
        import websocket

        cookies = self.browser.cookies
        xsrf = {"X-XSRFToken": next(c.value for c in cookies if c.name == "_xsrf" and c.path == "/hub/")}
        tokens = f"{self.hub.url}/hub/api/users/{self.name}/tokens"
        token = self.browser.post(tokens, json={"note": "test"}, headers=xsrf, timeout=60).json()["token"]
        server = Server(f"{self.hub.url}/user/{self.name}/", token)
        body = {"path": notebook, "name": Path(notebook).name, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = post(server, "api/sessions", body)["kernel"]["id"]
        channels = server.url.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels"
        header = [f"Authorization: token {token}"]
        with contextlib.closing(websocket.create_connection(channels, timeout=CELL_SECONDS, header=header)) as socket:
            yield Kernel(socket)


def free_ports(n: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def end(hub: subprocess.Popen) -> None:
    """Ask the hub to stop its proxy and its servers; it takes some seconds for each."""
    hub.terminate()
    try:
        hub.wait(60)
    except subprocess.TimeoutExpired:
        hub.kill()
        hub.wait(10)


def kill_processes_in(folder: Path) -> None:
    """End what works in `folder`: proxy, servers and kernels, should the hub have died before it stopped them."""
    import psutil

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder):
                process.kill()
                process.wait(10)


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[Hub]:
    """The page's configuration as its trial, in a folder of its own; every process of it ends with the module."""
    import requests

    folder = tmp_path_factory.mktemp("hub").resolve()
    handed_out = folder / "handed_out"
    subprocess.run([ROOT / "docs" / "serving" / "hand_out.sh", handed_out], check=True, capture_output=True)
    public, private, proxy = free_ports(3)
    names = {"configuration": str(ROOT / "docs" / "serving" / "jupyterhub_config.py"), "public": public}
    names |= {"hub": private, "proxy": proxy, "as_root": ["--allow-root"] if os.getuid() == 0 else []}
    (folder / "overlay.py").write_text(OVERLAY.format(**names))
    environment = dict(os.environ) | {"CLASS_PASSWORD": PASSWORD, "COURSEKIT_DATA": str(folder / "data")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where the proxy is
    command = [sys.executable, "-m", "jupyterhub", "-f", "overlay.py"]
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    hub = Hub(f"http://127.0.0.1:{public}", folder, handed_out)
    try:
        hub.wait_for("the hub's start", lambda: requests.get(hub.url + "/hub/login", timeout=60).ok)
        yield hub
    finally:
        end(process)
        kill_processes_in(folder)


@pytest.fixture(scope="module")
def ann(hub) -> Student:
    """A student whose server runs and who followed the link."""
    student, answer = hub.log_in("ann")
    assert answer.ok and answer.url == hub.url + "/hub/home"
    student.start_server()
    assert '"phase": "finished"' in student.follow_link()
    return student
