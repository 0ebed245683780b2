"""The reader judges pictures shown for 50 to 2000 ms, real or fake, as in Denton et al. 2015 (lecture 10)."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import torch
import traitlets
from anywidget import AnyWidget
from ipywidgets import VBox
from matplotlib.figure import Figure
from torch import Tensor

from coursekit.data.images import to_float, to_uint8
from coursekit.plots.compact import compact_png
from coursekit.plots.sheets import sheet
from coursekit.plots.style import png
from coursekit.widgets.conventions import live_or_stored
from coursekit.widgets.human_trial import (
    EXPOSURES,
    FAKE_STYLES,
    REAL,
    Judgement,
    Share,
    draw,
    judge,
    plan,
    shares,
    write_csv,
)

HERE = Path(__file__)


class Screen(AnyWidget):
    """What the browser is told: the pictures in trial order, without their sources, and how far the trial has come."""

    _esm = HERE.with_suffix(".js")
    _css = HERE.with_suffix(".css")
    pictures = traitlets.Bytes().tag(sync=True)  # uint8 (n, H, W, C), sent once
    shape = traitlets.List().tag(sync=True)
    exposures = traitlets.List().tag(sync=True)
    n_done = traitlets.Int(0).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    outcome = traitlets.Dict().tag(sync=True)
    plot = traitlets.Bytes().tag(sync=True)


def pixels(name: str, images: Tensor) -> Tensor:
    """uint8 (N, H, W) or (N, C, H, W), or floats (N, C, H, W) in [-1, 1], as uint8 (N, C, H, W), C 1 or 3.

    Floats a little outside are clipped, as a sum of pyramid levels may be; pixels on another scale are an error.
    """
    if images.dtype == torch.uint8 and images.dim() == 3:
        images = images[:, None]
    known = images.is_floating_point() or images.dtype == torch.uint8
    if images.dim() != 4 or images.shape[1] not in (1, 3) or not known:
        raise ValueError(
            f"{name!r} got {tuple(images.shape)} {images.dtype}, it needs uint8 (N, H, W) or floats (N, 1 or 3, H, W) "
            "in [-1, 1]: x[:, None] adds a channel"
        )
    if images.is_floating_point() and len(images):
        low, high = float(images.min()), float(images.max())
        if not (low >= -3 and high <= 3):
            raise ValueError(
                f"{name!r} has values from {low:.3g} to {high:.3g}, it needs [-1, 1]: to_float(uint8 pixels)"
            )
        if low >= 0:
            raise ValueError(f"{name!r} has no value below 0, it needs [-1, 1]: for pixels in [0, 1] give 2 * x - 1")
        images = to_uint8(images)
    return images.detach().cpu()


def sources(real: Tensor, fakes: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """All images as uint8 (N, C, H, W) under their names, "real" first. Raises ValueError where they do not fit."""
    if not isinstance(fakes, Mapping) or not fakes:
        got = "none" if isinstance(fakes, Mapping) else type(fakes).__name__
        raise ValueError(f"fakes got {got}, it needs at least one named set: fakes={{'GAN': images}}")
    if REAL in fakes:
        raise ValueError("a set of fakes is called 'real': give it the name of its generator")
    if len(fakes) > len(FAKE_STYLES):
        raise ValueError(f"fakes got {len(fakes)} sets, the plot can tell {len(FAKE_STYLES)} apart: leave some out")
    every = {name: pixels(name, images) for name, images in {REAL: real, **fakes}.items()}
    for name, images in every.items():
        if images.shape[1:] != every[REAL].shape[1:]:
            raise ValueError(
                f"{name!r} has images {tuple(images.shape[1:])}, the real ones are {tuple(every[REAL].shape[1:])}: "
                "resize them, or a size would tell which is which"
            )
    return every


def in_words(name: str, one: Share) -> str:
    interval = f"95 % interval {one.low:.0%} to {one.high:.0%}"
    return f"{name}: {one.n_real} of {one.n} judged real, {one.value:.0%}; {interval}"


def row(one: Judgement) -> list[object]:
    """A line of the table that the browser shows, times in whole ms; what was not measured is empty."""
    wanted, shown, reaction = (
        "" if ms is None else f"{ms:.0f}" for ms in (one.wanted_ms, one.shown_ms, one.reaction_ms)
    )
    return [one.trial + 1, one.source, wanted, shown, one.answer, reaction]


class RealOrFake:
    """The human trial: pictures one at a time, each for a drawn exposure, judged real or fake by key or button.

    `real` and each of `fakes` (name -> images) are uint8 (N, H, W) or (N, C, H, W), or floats (N, C, H, W) in [-1, 1],
    of one size. Each source is shown `n_each` times at each exposure (ms), in an order drawn with `seed`; nobody is
    told how well they do before the end. `results` holds the judgements so far; nothing is written but by `save_csv`.
    Raises ValueError for images that do not fit or are too few.
    """

    sentence = "A trial of pictures, real or fake, shown for a moment each: run the cell to take it."

    def __init__(
        self,
        real: Tensor,
        fakes: Mapping[str, Tensor],
        exposures: Iterable[float] = EXPOSURES,
        n_each: int = 3,
        seed: int = 0,
    ):
        images = sources(real, fakes)
        self.trials = plan({name: len(x) for name, x in images.items()}, exposures, n_each, seed)
        self.images = torch.stack([images[one.source][one.image] for one in self.trials])
        self.judgements: list[Judgement] = []
        self.stand_in: tuple[str, list[Judgement]] = ("", [])
        shown = self.images.permute(0, 2, 3, 1).contiguous()
        self.screen = Screen(
            pictures=shown.numpy().tobytes(),
            shape=list(shown.shape),
            exposures=[one.wanted_ms for one in self.trials],
        )
        self.screen.on_msg(self._hear)
        self.view = VBox([self.screen])

    @property
    def results(self) -> list[Judgement]:
        """The reader's judgements so far, the lines of the table that `save_csv` writes."""
        return list(self.judgements)

    def answer(self, real: bool, shown_ms: float | None = None, reaction_ms: float | None = None) -> Judgement:
        """Judge the next picture from Python. Raises ValueError where none is left or a value is wrong."""
        message = {"trial": len(self.judgements), "real": real, "shown_ms": shown_ms, "reaction_ms": reaction_ms}
        return self._take(message)

    def simulate(self, critic: Callable[[Tensor], Tensor], name: str = "a critic") -> list[Judgement]:
        """What a critic says of the same pictures; `figure` and the stored picture show it until the reader answers.

        `critic` maps images (n, C, H, W) in [-1, 1] to booleans (n,), True for real: `lambda x: D(x).flatten() > 0`.
        """
        with torch.no_grad():
            says = critic(to_float(self.images))
        if says.dtype != torch.bool or says.shape != (len(self.trials),):
            raise ValueError(
                f"the critic returned {tuple(says.shape)} {says.dtype}, it needs booleans ({len(self.trials)},): "
                "compare its scores with a threshold, e.g. D(x).flatten() > 0"
            )
        told = []
        for n, real in enumerate(says.tolist()):
            told.append(judge(self.trials, n, {"trial": n, "real": real}))
        self.stand_in = (name, told)
        return told

    def save_csv(self, path: str | Path) -> None:
        """Write the judgements so far, one line each. Raises ValueError where there are none."""
        if not self.judgements:
            raise ValueError(
                "no picture is judged yet: take the trial first, the cell that shows it has a Start button"
            )
        write_csv(self.judgements, path)

    def figure(self) -> Figure:
        """The share judged real against the exposure: by the reader, or by the critic until there is an answer."""
        name, told = ("you", self.judgements) if self.judgements else self.stand_in
        if not told:
            raise ValueError("no picture is judged yet: take the trial, or simulate(critic)")
        left_out = sum(not one.counts for one in told)
        lost = f"; {left_out} left out, shown over two frames too long or too short" if left_out else ""
        return draw(told, f"judged by {name}, {len(told)} of {len(self.trials)} pictures{lost}")

    def _hear(self, screen: Screen, message: object, buffers: object) -> None:
        """Take a message of the browser; one that is wrong is refused with a reason and changes nothing else."""
        try:
            if isinstance(message, dict) and message.get("kind") == "finish":
                self._finish()
            else:
                self._take(message)
        except ValueError as problem:
            self.screen.note = ""  # so that the same reason is heard twice
            self.screen.note = str(problem)

    def _take(self, message: object) -> Judgement:
        if self.screen.outcome:
            raise ValueError("the trial has ended: run its cell again for a new one")
        one = judge(self.trials, len(self.judgements), message)
        self.judgements.append(one)
        self.screen.note = ""
        if len(self.judgements) == len(self.trials):
            self._finish()
        self.screen.n_done = len(self.judgements)  # last: the browser goes on when it hears this
        return one

    def _finish(self) -> None:
        """Show the plot and the table, and take no more answers."""
        if not self.judgements:
            raise ValueError("no picture is judged yet: Space or the Start button begins")
        self.screen.plot = png(self.figure())
        total = shares(self.judgements)
        lines = [in_words(name, one) for name, one in total.items()]
        self.screen.outcome = {"lines": lines, "rows": [row(one) for one in self.judgements]}

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        told = self.judgements or self.stand_in[1]
        few = sheet(to_float(self.images[:24]), columns=12)
        return live_or_stored(self.view, compact_png(self.figure() if told else few), self.sentence)
