"""The panel's buttons in a real kernel: a click that arrives while the training cell runs must act."""

import queue
import time

import pytest
from jupyter_client.manager import start_new_kernel

CELL = """
import itertools, time, torch
from coursekit.widgets.training_panel import TrainingPanel

def step(batches):
    time.sleep(0.002)
    return {"d_loss": torch.tensor(1.0), "g_loss": torch.tensor(1.0)}

panel = TrainingPanel()
print(panel.stop.comm.comm_id, flush=True)
history = await panel.train(step, itertools.repeat(()), 10**6)
print("ended", panel.training.state, len(history) > 0, flush=True)
"""


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def printed(client, seconds=60):
    """The next lines that the kernel prints; an error in the kernel is an error here."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["msg_type"] == "error":
            raise AssertionError("\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            return message["content"]["text"].split()
    raise AssertionError(f"nothing was printed in {seconds} s")


def wait_for_picture(client):
    while client.get_iopub_msg(timeout=60)["msg_type"] != "display_data":
        pass


@pytest.mark.filterwarnings("ignore")
def test_a_click_on_stop_ends_the_awaited_training(client):
    client.execute(CELL)
    [button] = printed(client)
    wait_for_picture(client)  # the cell is training now
    data = {"method": "update", "state": {"value": True}, "buffer_paths": []}
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": button, "data": data}))
    assert printed(client) == ["ended", "stopped", "True"]
