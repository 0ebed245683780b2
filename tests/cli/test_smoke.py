"""`coursekit lab --check`: what it concludes from the messages of a kernel."""

import base64
import json

import pytest

from coursekit.cli import smoke
from coursekit.cli.server import ServerError


class Socket:
    """Answers each request with scripted messages, and an idle kernel; other kernels' chatter goes before."""

    def __init__(self, *answers):
        self.answers, self.queue = list(answers), []

    def send(self, text):
        request = json.loads(text)["header"]["msg_id"]
        self.queue = [self.message("status", "another", execution_state="idle")]
        self.queue += [self.message(kind, request, **content) for kind, content in self.answers.pop(0)]
        self.queue += [self.message("status", request, execution_state="idle"), self.message("execute_reply", request)]

    def recv(self):
        return self.queue.pop(0)

    @staticmethod
    def message(kind, parent, **content):
        return json.dumps({"msg_type": kind, "parent_header": {"msg_id": parent}, "content": content})


def picture(content):
    return ("display_data", {"data": {"image/png": base64.b64encode(content).decode()}})


CELLS = [
    {"cell_type": "markdown", "source": "# A title"},
    {"cell_type": "code", "source": ["x = 1\n", "x"]},
    {"cell_type": "code", "source": "draw()"},
]


def test_the_last_picture_of_the_notebook_is_returned():
    kernel = smoke.Kernel(Socket([picture(b"first"), picture(b"second")], [("stream", {"text": "no picture"})]))
    assert smoke.run_cells(kernel, CELLS) == b"second"


def test_a_notebook_without_a_picture_returns_none():
    assert smoke.run_cells(smoke.Kernel(Socket([], [])), CELLS) is None


def test_the_first_cell_that_fails_is_named_and_ends_the_run():
    error = ("error", {"ename": "NameError", "evalue": "name 'draw' is not defined"})
    kernel = smoke.Kernel(Socket([], [error], [picture(b"never reached")]))
    with pytest.raises(smoke.CellError, match=r"code cell 2 \(`draw\(\)`\) failed: NameError: name 'draw'"):
        smoke.run_cells(kernel, [*CELLS, CELLS[-1]])


def test_a_kernel_that_dies_is_named_with_its_cell():
    kernel = smoke.Kernel(Socket([("status", {"execution_state": "restarting"})]))
    with pytest.raises(smoke.CellError, match=r"code cell 1 \(`x = 1`\): the kernel died"):
        smoke.run_cells(kernel, CELLS)


@pytest.mark.parametrize("outcome", [smoke.CellError("code cell 2 failed"), ServerError("no port"), None])
def test_a_failed_check_says_so_ends_with_1_and_leaves_no_sheet(tmp_path, monkeypatch, capsys, outcome):
    def show(notebook):
        if outcome is not None:
            raise outcome

    monkeypatch.setattr(smoke, "show", show)
    assert smoke.run_start_page(tmp_path / "00.ipynb", tmp_path / "00.png") == 1
    assert str(outcome or "showed no picture") in capsys.readouterr().out
    assert not (tmp_path / "00.png").exists()


def test_a_passed_check_writes_the_sheet_and_names_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(smoke, "show", lambda notebook: b"PNG")
    sheet = tmp_path / "check" / "00.png"
    assert smoke.run_start_page(tmp_path / "00.ipynb", sheet) == 0
    assert sheet.read_bytes() == b"PNG" and str(sheet) in capsys.readouterr().out
