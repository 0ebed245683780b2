"""Runs a notebook through a Jupyter server, as a browser would: REST for the kernel, a websocket for the cells."""

import base64
import json
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.cli.server import Server, ServerError, serving

CELL_SECONDS = 300  # a cell that says nothing for so long counts as hung


class CellError(Exception):
    """A cell of the notebook failed; the message names it."""


@dataclass
class Kernel:
    """A kernel behind a server: `run(code)` returns the contents of the outputs of one cell."""

    socket: object
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def run(self, code: str) -> list[dict]:
        """Execute `code` and wait until the kernel is idle again; CellError if it dies or falls silent."""
        message = self.send("execute_request", {"code": code, "silent": False, "allow_stdin": False})
        outputs, replied, idle = [], False, False
        while not (replied and idle):
            answer = self.receive()
            kind, content = answer["msg_type"], answer["content"]
            if content.get("execution_state") in ("restarting", "dead"):
                raise CellError("the kernel died, as it does when memory runs out")
            if answer["parent_header"].get("msg_id") != message:
                continue
            replied |= kind == "execute_reply"
            idle |= kind == "status" and content["execution_state"] == "idle"
            if kind in ("display_data", "execute_result", "update_display_data", "error"):
                outputs.append(content)
        return outputs

    def receive(self) -> dict:
        import websocket

        try:
            return json.loads(self.socket.recv())
        except websocket.WebSocketTimeoutException:
            raise CellError(f"the kernel said nothing for {CELL_SECONDS} s") from None

    def send(self, kind: str, content: dict) -> str:
        identity = uuid.uuid4().hex
        header = {"msg_id": identity, "msg_type": kind, "username": "", "session": self.session, "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(message))
        return identity


def post(server: Server, path: str, body: dict) -> dict:
    """The JSON answer of the server to a POST request."""
    headers = {"Authorization": f"token {server.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(server.url + path, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def start_kernel(server: Server, notebook: str) -> Kernel:
    """A session for `notebook` (its path below the server's root, which sets the kernel's folder), connected."""
    import websocket

    body = {"path": notebook, "name": Path(notebook).name, "type": "notebook", "kernel": {"name": "python3"}}
    kernel = post(server, "api/sessions", body)["kernel"]["id"]
    address = server.url.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels"
    return Kernel(websocket.create_connection(f"{address}?token={server.token}", timeout=CELL_SECONDS))


def run_cells(kernel: Kernel, cells: list[dict]) -> bytes | None:
    """Run the code cells in order and return the last PNG that they show; CellError names the first that fails."""
    last = None
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for number, source in enumerate(sources, 1):
        name = f"code cell {number} (`{source.splitlines()[0] if source else ''}`)"
        try:
            outputs = kernel.run(source)
        except CellError as error:
            raise CellError(f"{name}: {error}") from None
        for output in outputs:
            if "ename" in output:
                raise CellError(f"{name} failed: {output['ename']}: {output['evalue']}")
            if picture := output["data"].get("image/png"):
                last = base64.b64decode(picture)
    return last


def show(notebook: Path) -> bytes | None:
    """Run `notebook` through a server of its own, on the embedded data, and return the last PNG that it shows."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    began = time.monotonic()
    print("Starting JupyterLab ...", flush=True)
    with serving(COURSEKIT_OFFLINE="1", COURSEKIT_DATA="", COURSEKIT_PROFILE="fast") as server:
        print(f"JupyterLab answers after {time.monotonic() - began:.0f} s. Running {notebook.name} ...", flush=True)
        kernel = start_kernel(server, f"{notebook.parent.name}/{notebook.name}")
        try:
            return run_cells(kernel, cells)
        finally:
            kernel.socket.close()


def run_start_page(notebook: Path, sheet: Path) -> int:
    """Run `notebook`, write its last picture to `sheet`, say how long it took, and return the exit code."""
    began = time.monotonic()
    try:
        picture = show(notebook)
        if picture is None:
            raise CellError("it ran, but showed no picture; one of its cells should show samples")
    except (CellError, ServerError) as error:
        print(f"{notebook.name}: {error}\nAsk `coursekit doctor` what is missing on this machine.")
        return 1
    sheet.parent.mkdir(parents=True, exist_ok=True)
    sheet.write_bytes(picture)
    seconds = time.monotonic() - began
    print(f"{notebook.name} ran without an error in {seconds:.0f} s, the server's start included.\nSamples: {sheet}")
    return 0
