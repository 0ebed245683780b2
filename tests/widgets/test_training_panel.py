"""The training panel, driven without a browser: a toy step, buttons pressed between slices, pictures looked at."""

import asyncio
import base64
import io
import itertools
import signal

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image

from coursekit.fit import Diverged
from coursekit.history import History
from coursekit.widgets import training_panel
from coursekit.widgets.training_panel import Training, TrainingPanel, draw

BATCHES = itertools.repeat((torch.zeros(1),))


class Counter:
    """A step that counts its calls, returns d_loss = number of the call, and does something at some calls."""

    def __init__(self, at=None):
        self.n, self.at = 0, at or {}

    def __call__(self, batches):
        next(batches)
        self.n += 1
        value = self.at[self.n]() if self.n in self.at else None
        return {"d_loss": torch.tensor(float(self.n) if value is None else value), "g_loss": torch.tensor(0.0)}


def train_out(training):
    while not training.over:
        training.advance()
    return training


def awaited(panel, step, n_steps, events=(), callbacks=()):
    """Train on a loop of its own; each (condition, action) runs once, as soon as the condition holds."""
    waiting = list(events)

    async def act():
        while waiting:
            if panel.training is not None and waiting[0][0]():
                waiting.pop(0)[1]()
            await asyncio.sleep(0)

    async def both():
        history, _ = await asyncio.gather(panel.train(step, BATCHES, n_steps, callbacks), act())
        return history

    return asyncio.run(asyncio.wait_for(both(), 60))


def picture(panel):
    return np.asarray(Image.open(io.BytesIO(panel.picture.value)).convert("RGB")).astype(int)


def test_slices_make_the_same_steps_as_one_run():
    step = Counter()
    training = train_out(Training(step, BATCHES, 137))
    assert training.state == "finished" and step.n == 137
    assert training.history["d_loss"].tolist() == list(range(1, 138))


def test_a_slice_lasts_about_as_long_as_asked(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr(training_panel.time, "perf_counter", lambda: next(clock) * 0.001)
    training = Training(Counter(), BATCHES, 1000)
    training.advance(0.02)  # the first slice is one step: its length is not known before
    assert (len(training.history), training.seconds) == (1, pytest.approx(0.001))
    training.advance(0.02)
    assert len(training.history) == 21


def test_a_paused_run_stands_still_and_goes_on_where_it_was():
    step = Counter()
    training = Training(step, BATCHES, 50)
    training.advance()
    training.pause()
    held = step.n
    training.advance()
    assert step.n == held and training.state == "paused" and "paused" in training.status
    training.resume()
    assert train_out(training).history["d_loss"].tolist() == list(range(1, 51))


def test_a_callback_stops_the_run_after_its_very_step():
    def stop_at_30(n, losses):
        if n == 30:
            training.stop()

    step = Counter()
    training = Training(step, BATCHES, 500, [stop_at_30])
    train_out(training)
    assert (training.state, step.n, len(training.history)) == ("stopped", 30, 30)


def test_a_stopped_run_cannot_be_resumed():
    training = Training(Counter(), BATCHES, 50)
    training.stop()
    training.resume()
    training.advance()
    assert training.state == "stopped" and len(training.history) == 0


def test_a_loss_that_is_not_finite_ends_the_run_and_names_the_step():
    training = Training(Counter({7: lambda: float("nan")}), BATCHES, 400)
    with pytest.raises(Diverged):
        train_out(training)
    assert training.state == "failed"
    assert "d_loss became nan at step 7" in training.status


def test_an_error_is_told_with_the_readers_line_not_the_librarys():
    def matmul_of_wrong_shapes():
        return torch.nn.functional.linear(torch.zeros(2, 3), torch.zeros(4, 5)).sum()

    training = Training(Counter({3: matmul_of_wrong_shapes}), BATCHES, 10)
    with pytest.raises(RuntimeError):
        train_out(training)
    line = matmul_of_wrong_shapes.__code__.co_firstlineno + 1
    assert f"(in matmul_of_wrong_shapes, line {line}: return torch.nn.functional.linear" in training.problem
    assert len(training.history) == 2


def test_the_time_left_is_that_of_the_remaining_steps():
    training = Training(Counter(), BATCHES, 100)
    assert training.seconds_left == float("inf")
    for _ in range(25):
        training.history.append({"d_loss": torch.tensor(0.0), "g_loss": torch.tensor(0.0)})
    training.seconds = 5.0
    assert training.seconds_left == pytest.approx(15.0)
    assert training.status == "step 25 of 100, 15 s left"


def test_awaited_pause_holds_and_stop_ends_with_what_was_learned():
    panel, step = TrainingPanel(), Counter()
    events = [
        (lambda: step.n > 5, lambda: setattr(panel.pause, "value", True)),
        (lambda: "paused" in panel.status.value, lambda: held.append(step.n)),
        (lambda: True, lambda: held.append(step.n)),
        (lambda: True, lambda: setattr(panel.pause, "value", False)),
        (lambda: step.n > held[0] + 5, lambda: setattr(panel.stop, "value", True)),
    ]
    held = []
    history = awaited(panel, step, 10**9, events)
    assert held[0] == held[1]
    assert panel.training.state == "stopped" and len(history) == step.n
    assert panel.pause.disabled and panel.stop.disabled


def test_a_paused_run_can_be_stopped():
    panel, step = TrainingPanel(), Counter()
    events = [
        (lambda: step.n > 5, lambda: setattr(panel.pause, "value", True)),
        (lambda: panel.training.state == "paused", lambda: setattr(panel.stop, "value", True)),
    ]
    assert len(awaited(panel, step, 10**9, events)) == step.n


def test_a_cancelled_cell_ends_the_run_and_returns_the_history():
    panel, step = TrainingPanel(), Counter()

    async def interrupted():
        task = asyncio.ensure_future(panel.train(step, BATCHES, 10**9))
        while step.n < 5:
            await asyncio.sleep(0)
        task.cancel()
        return await task

    assert len(asyncio.run(asyncio.wait_for(interrupted(), 60))) == step.n
    assert panel.training.state == "stopped"


def test_interrupt_ends_the_synchronous_form_politely():
    panel = TrainingPanel()
    step = Counter({20: lambda: signal.raise_signal(signal.SIGINT)})
    history = panel.fit(step, BATCHES, 10**9)
    assert len(history) == 20 and panel.training.state == "stopped"


def test_interrupt_between_two_slices_ends_it_too():
    def interrupt():
        raise KeyboardInterrupt

    panel = TrainingPanel(sample=lambda: torch.zeros(1, 1, 8, 8), refresh=0)
    first = iter([interrupt])
    panel.sample = lambda: next(first, lambda: torch.zeros(1, 1, 8, 8))()
    panel.fit(Counter(), BATCHES, 10**9)
    assert panel.training.state == "stopped" and len(panel.training.history) > 0


def test_an_error_is_shown_in_the_panel_and_raised():
    panel = TrainingPanel()
    with pytest.raises(ZeroDivisionError):
        panel.fit(Counter({4: lambda: 1 / 0}), BATCHES, 10)
    assert "failed after step 3 of 10: ZeroDivisionError" in panel.status.value
    assert "line" in panel.status.value and "&lt;lambda&gt;" in panel.status.value  # escaped: a label is HTML


def test_the_bar_and_the_last_line_tell_where_the_run_ended():
    panel = TrainingPanel()
    panel.fit(Counter(), BATCHES, 40)
    assert (panel.bar.value, panel.bar.max) == (40, 40)
    assert panel.status.value == "finished, step 40 of 40"


def test_the_picture_holds_the_samples_below_the_curves():
    panel = TrainingPanel(lambda: torch.ones(2, 3, 8, 8) * torch.tensor([1.0, -1.0, -1.0])[:, None, None], columns=2)
    empty = picture(panel)
    panel.fit(Counter(), BATCHES, 5)
    shown = picture(panel)
    assert shown.shape[0] > empty.shape[0]
    red = (shown == [255, 0, 0]).all(2)
    assert red.sum() == 2 * 16 * 16 and not red[: empty.shape[0]].any()


def test_drawing_a_longer_history_moves_the_curves():
    histories = [History(), History()]
    for history, value in zip(histories, (0.5, 2.0), strict=True):
        for _ in range(10):
            history.append({"d_loss": torch.tensor(value), "g_loss": torch.tensor(1.0)})
    one, other = (np.asarray(draw(history, None, "")).astype(int) for history in histories)
    assert np.abs(one - other).max() > 100


def test_samples_are_drawn_without_gradients_and_only_when_due():
    calls = []

    def sample():
        calls.append(torch.is_grad_enabled())
        return torch.zeros(1, 1, 8, 8)

    TrainingPanel(sample, refresh=1e9).fit(Counter(), BATCHES, 200)
    assert calls == [False, False]  # one at the start, one at the end


def test_without_a_kernel_there_is_the_last_picture_and_a_sentence():
    panel = TrainingPanel()
    panel.fit(Counter(), BATCHES, 5)
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert base64.b64decode(bundle["image/png"]) == panel.picture.value
    assert "run the cell" in bundle["text/plain"]


def test_the_buttons_have_names_and_explanations_and_pyplot_is_left_alone():
    panel = TrainingPanel()
    assert all(button.description and button.tooltip for button in (panel.pause, panel.stop))
    assert matplotlib.pyplot.get_fignums() == []
