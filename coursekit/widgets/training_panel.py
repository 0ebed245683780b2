"""A live training panel: loss curves, a sheet of samples, progress with the time left, Pause and Stop (lecture 04).

`Training` is the engine: it calls `fit` in short slices and draws nothing. `TrainingPanel` shows it, awaited on the
kernel's own loop, so that buttons act between two slices, or in one go.
"""

import asyncio
import html
import time
import traceback
from collections.abc import Callable, Iterable, Iterator

import torch
from PIL import Image as Picture
from torch import Tensor

from coursekit.fit import Callback, Diverged, Step, fit
from coursekit.history import History
from coursekit.plots.compact import compact_png
from coursekit.plots.curves import curves
from coursekit.plots.sheets import sheet
from coursekit.plots.style import label, new_figure, pixels
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored

SLICE = 0.02  # seconds of training between two chances for a button
LIBRARIES = ("/coursekit/", "/site-packages/", "/dist-packages/")  # an error's line is sought in the reader's own code


class _Halt(Exception):
    """Leaves `fit` after the step in progress; never leaves `Training`."""


class Training:
    """A run that is trained slice by slice; `state` is running, paused, stopped, finished or failed.

    `history` holds the losses so far, `seconds` the time spent in slices, `problem` says in words why a run failed.
    """

    def __init__(
        self, step: Step, batches: Iterator[tuple[Tensor, ...]], n_steps: int, callbacks: Iterable[Callback] = ()
    ):
        self.step, self.batches, self.n_steps = step, batches, n_steps
        self.callbacks = (*callbacks, self._obey)
        self.history = History()
        self.state = "running" if n_steps > 0 else "finished"
        self.seconds = 0.0
        self.problem = ""

    def advance(self, seconds: float = SLICE) -> None:
        """Train for about `seconds`, at least one step, if the run is not paused or over.

        What the step raises, or `Diverged` for a loss that is not finite, is worded in `problem` and raised again.
        """
        if self.state != "running":
            return
        before = len(self.history)
        wanted = min(self.n_steps, before + max(1, int(seconds * before / self.seconds) if self.seconds else 1))
        start = time.perf_counter()
        try:
            fit(self.step, self.batches, wanted, self.callbacks, self.history, progress=False)
        except _Halt:
            pass
        except Exception as error:  # the reader's step may raise anything
            self.state, self.problem = "failed", explain(error)
            raise
        finally:
            self.seconds += time.perf_counter() - start
        if len(self.history) == self.n_steps and self.state == "running":
            self.state = "finished"
        elif len(self.history) < wanted and self.state == "running":
            self.state = "stopped"  # an Interrupt, which `fit` takes politely

    def _obey(self, n: int, losses: dict[str, Tensor]) -> None:
        if self.state != "running":
            raise _Halt

    def pause(self) -> None:
        """Hold the run after the step in progress."""
        if self.state == "running":
            self.state = "paused"

    def resume(self) -> None:
        """Let a paused run go on."""
        if self.state == "paused":
            self.state = "running"

    def stop(self) -> None:
        """End the run after the step in progress; what was learned stays."""
        if not self.over:
            self.state = "stopped"

    @property
    def over(self) -> bool:
        return self.state in ("stopped", "finished", "failed")

    @property
    def seconds_left(self) -> float:
        """At the mean speed so far; infinite before the first step."""
        done = len(self.history)
        return self.seconds / done * (self.n_steps - done) if done else float("inf")

    @property
    def status(self) -> str:
        """One line for the reader."""
        where = f"step {len(self.history):,} of {self.n_steps:,}"
        if self.state == "failed":
            return f"failed after {where}: {self.problem}"
        if self.state == "running" and len(self.history):
            return f"{where}, {self.seconds_left:.0f} s left"
        return f"{self.state}, {where}"


def explain(error: Exception) -> str:
    """The error in one line, with the place in the reader's own code, where one is on the way."""
    if isinstance(error, Diverged):
        return str(error)  # says the step and what to do
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not any(folder in frame.filename for folder in LIBRARIES)]
    text = f"{type(error).__name__}: {error}"
    return f"{text} (in {own[-1].name}, line {own[-1].lineno}: {own[-1].line})" if own else text


def draw(history: History, images: Tensor | None, status: str, columns: int = 12) -> Picture.Image:
    """The loss curves under the status line and, below them, a sheet of the images (n, C, H, W) in [-1, 1], if any."""
    if len(history) > 1:
        figure = curves(history)
    else:
        figure = new_figure()
        label(figure.subplots(), "step", "loss (nats)")
    title = status if len(status) < 90 else status[:87] + "..."
    figure.axes[0].set_title(title, fontsize=11, loc="left")
    top = Picture.fromarray(pixels(figure))
    if images is None:
        return top
    below = sheet(images, columns).convert("RGB")
    page = Picture.new("RGB", (max(top.width, below.width), top.height + below.height), "white")
    page.paste(top, (0, 0))
    page.paste(below, (0, top.height))
    return page


class TrainingPanel:
    """A training run before the reader's eyes: `history = await panel.train(step, batches, n_steps)`.

    `sample()` returns the images to show, (n, C, H, W) in [-1, 1]; without it there are only curves. A picture is drawn
    every `refresh` seconds. `training` is the run shown last; `pause` and `stop` are its buttons.
    """

    sentence = "A training panel with loss curves and samples: run the cell to train, pause and stop."

    def __init__(self, sample: Callable[[], Tensor] | None = None, columns: int = 12, refresh: float = 2.0):
        from ipywidgets import HTML, HBox, Image, IntProgress, Layout, ToggleButton, VBox

        self.sample, self.columns, self.refresh = sample, columns, refresh
        self.pause = ToggleButton(description="Pause", tooltip="Hold the training, or let it go on", disabled=True)
        self.stop = ToggleButton(description="Stop", tooltip="End the training and keep what it learned", disabled=True)
        self.bar = IntProgress(layout=Layout(width="12em"))
        self.status = HTML("not started")
        self.picture = Image(format="png")
        self.aria = Aria()
        self.view = VBox([HBox([self.pause, self.stop, self.bar, self.status]), self.picture, self.aria])
        self.pause.observe(self._on_pause, names="value")
        self.stop.observe(self._on_stop, names="value")
        self.training = None
        self.picture.value = compact_png(draw(History(), None, "not started"))

    async def train(
        self, step: Step, batches: Iterator[tuple[Tensor, ...]], n_steps: int, callbacks: Iterable[Callback] = ()
    ) -> History:
        """Train while the kernel's loop stays awake, so that Pause and Stop act; return the history so far.

        Interrupt ends the run like Stop. An error is shown in the panel, with its line, and raised again.
        """
        self._open(Training(step, batches, n_steps, callbacks), buttons=True)
        try:
            while not self.training.over:
                self.training.advance()
                self._refresh()
                await asyncio.sleep(0.05 if self.training.state == "paused" else 0)
        except asyncio.CancelledError:
            self.training.stop()
        finally:
            self._close()
        return self.training.history

    def fit(
        self, step: Step, batches: Iterator[tuple[Tensor, ...]], n_steps: int, callbacks: Iterable[Callback] = ()
    ) -> History:
        """The same without `await`: the buttons rest, and the kernel's Interrupt ends the run and keeps its state."""
        self._open(Training(step, batches, n_steps, callbacks), buttons=False)
        try:
            while not self.training.over:
                self.training.advance()
                self._refresh()
        except KeyboardInterrupt:  # between two slices
            self.training.stop()
        finally:
            self._close()
        return self.training.history

    def _open(self, training: Training, buttons: bool) -> None:
        from IPython.display import display

        self.training = training
        self.bar.max = max(1, training.n_steps)
        for button in (self.pause, self.stop):
            button.value, button.disabled = False, not buttons
        self.drawn_at = self.told_at = float("-inf")
        self.handle = display(self, display_id=True)

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self.told_at > 0.2:
            self._tell()
            self.told_at = now
        if now - self.drawn_at > self.refresh and self.training.state == "running":
            self._draw()
            self.drawn_at = time.monotonic()  # a slow picture must not eat the training

    def _close(self) -> None:
        if not self.training.over:  # a second Interrupt, in the middle of a step
            self.training.stop()
        for button in (self.pause, self.stop):
            button.disabled = True
        self._tell()
        self._draw()
        if self.handle is not None:
            self.handle.update(self)  # so that a stored notebook holds the last picture, not the first

    def _tell(self) -> None:
        self.bar.value = len(self.training.history)
        self.status.value = html.escape(self.training.status)

    @torch.no_grad()
    def _draw(self) -> None:
        images = self.sample() if self.sample is not None else None
        self.picture.value = compact_png(draw(self.training.history, images, self.training.status, self.columns))
        self.aria.words = f"Losses and samples: {self.training.status}"

    def _on_pause(self, change: dict) -> None:
        if self.training is not None:
            (self.training.pause if change["new"] else self.training.resume)()
            self._tell()

    def _on_stop(self, change: dict) -> None:
        if self.training is not None and change["new"]:
            self.training.stop()

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
