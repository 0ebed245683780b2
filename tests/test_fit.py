"""The loop: what it calls, when it stops, what it leaves behind."""

import os
import signal

import numpy as np
import pytest
import torch

from coursekit.fit import Diverged, every, fit
from coursekit.history import History


def counting(batches):
    return {"loss": torch.tensor(float(next(batches)))}


def test_fit_calls_the_step_n_times_and_keeps_every_loss():
    history = fit(counting, iter(range(10)), 7, progress=False)
    assert history["loss"].tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_callbacks_get_the_number_of_steps_done_and_the_losses():
    seen = []
    fit(
        counting,
        iter(range(10)),
        6,
        [every(2, lambda n, losses: seen.append((n, losses["loss"].item())))],
        progress=False,
    )
    assert seen == [(2, 1.0), (4, 3.0), (6, 5.0)]


def test_a_history_that_holds_steps_is_continued():
    batches = iter(range(10))
    history = fit(counting, batches, 3, progress=False)
    assert fit(counting, batches, 5, history=history, progress=False)["loss"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("bad_step", [1, 49, 50, 51, 120])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_the_first_loss_that_is_not_finite_is_named_with_its_step(bad_step, value):
    def step(batches):
        n = next(batches)
        return {"d_loss": torch.tensor(1.0), "g_loss": torch.tensor(value if n >= bad_step else 0.5)}

    with pytest.raises(Diverged, match=f"g_loss became {value} at step {bad_step}") as caught:
        fit(step, iter(range(1, 1000)), 200, progress=False)
    assert caught.value.step == bad_step and caught.value.name == "g_loss"
    assert np.isfinite(caught.value.history["g_loss"][: bad_step - 1]).all()


def test_divergence_of_two_losses_names_the_one_that_went_first():
    def step(batches):
        n = next(batches)
        return {"a": torch.tensor(float("nan") if n >= 9 else 0.0), "b": torch.tensor(float("nan") if n >= 4 else 0.0)}

    with pytest.raises(Diverged, match="b became nan at step 4"):
        fit(step, iter(range(1, 100)), 60, progress=False)


@pytest.fixture
def interruptible():
    """Python's own handler of Interrupt, which a process that a shell started in the background lacks."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupt_ends_after_the_step_in_progress_and_returns_the_history(interruptible):
    finished = []

    def step(batches):
        n = next(batches)
        if n == 3:
            os.kill(os.getpid(), signal.SIGINT)
        finished.append(n)
        return {"loss": torch.tensor(float(n))}

    before = signal.getsignal(signal.SIGINT)
    history = fit(step, iter(range(1, 100)), 50, progress=False)
    assert history["loss"].tolist() == [1, 2, 3] == finished
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interrupt_acts_at_once(interruptible):
    def step(batches):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return {"loss": torch.tensor(0.0)}

    with pytest.raises(KeyboardInterrupt):
        fit(step, iter(range(100)), 50, progress=False)


def test_progress_leaves_one_line_with_the_last_losses(capsys):
    fit(counting, iter(range(100)), 60)
    last = capsys.readouterr().err.strip().split("\r")[-1]
    assert "60/60" in last and "loss 59.000" in last


def test_history_survives_a_round_trip_and_refuses_other_names(tmp_path):
    history = History({"device": "cpu"})
    history.append({"d_loss": torch.tensor(1.25), "g_loss": torch.tensor(0.1)})
    copy = History()
    copy.load_state_dict(history.state_dict())
    assert copy["g_loss"][0] == np.float32(0.1) and copy.meta == {"device": "cpu"} and len(copy) == 1
    with pytest.raises(ValueError, match="keep the names"):
        copy.append({"loss": torch.tensor(1.0)})
    with pytest.raises(KeyError, match="no loss named 'x'"):
        copy["x"]


def test_history_writes_one_json_object_a_step(tmp_path):
    history = fit(counting, iter(range(3)), 3, progress=False)
    history.write_jsonl(tmp_path / "history.jsonl")
    lines = (tmp_path / "history.jsonl").read_text().splitlines()
    assert lines[1:] == ['{"step": 1, "loss": 0.0}', '{"step": 2, "loss": 1.0}', '{"step": 3, "loss": 2.0}']
