"""Type a caption, see eight pictures of it (lesson 14)."""

from dataclasses import dataclass

from matplotlib.figure import Figure
from torch import Tensor

from coursekit.data.shapes import ATTRIBUTES
from coursekit.plots.captions import rows_of, told
from coursekit.plots.compact import compact_png
from coursekit.text_to_image import Painter
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored

N_PICTURES = 8


@dataclass(frozen=True)
class Settings:
    """What was typed, and the seed of the noise."""

    caption: str
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """Eight pictures (8, 3, size, size) in [-1, 1] or none, and the line below: what they show, or what is wrong."""

    settings: Settings
    images: Tensor | None
    line: str


def compute(painter: Painter, settings: Settings) -> Outcome:
    """The pictures of this caption; for one that cannot be painted the reason, which names each unknown word."""
    if not settings.caption.strip():
        return Outcome(settings, None, f"Say something, with {', '.join(ATTRIBUTES)}.")
    try:
        images = painter.paint(settings.caption, N_PICTURES, settings.seed)
    except ValueError as error:
        return Outcome(settings, None, str(error))
    return Outcome(
        settings, images, f"The judge reads: {told(settings.caption, images)}. Noise of seed {settings.seed}."
    )


def draw(outcome: Outcome) -> Figure:
    """The eight pictures in a row; an empty frame where there are none."""
    if outcome.images is not None:
        return rows_of(outcome.images[None], [""], left=0.0)
    figure = Figure(figsize=(8, 1.0), dpi=100)
    figure.text(0.5, 0.5, "nothing painted: read the line below", ha="center", va="center", fontsize=11)
    return figure


class CaptionBox:
    """A text box, a button for new noise, eight pictures, and a line on what they show or what was not understood.

    `painter` is what `load_painter()` or `train_painter` returns. `settings` and `outcome` hold what is shown;
    `controls` has "caption" and "new noise".
    """

    sentence = "A box for a caption and eight pictures of it: run the cell to use it."

    def __init__(self, painter: Painter, caption: str = "a small red circle top left", seed: int = 0):
        from ipywidgets import HTML, HBox, Image, Layout, Text, ToggleButton, VBox

        self.painter, self.seed = painter, seed
        style = {"description_width": "6em"}
        text = Text(caption, description="caption", style=style, layout=Layout(width="34em"), continuous_update=False)
        tip = "Paint the same caption from the noise of the next seed, which the line below names"
        self.button = ToggleButton(description="New noise", tooltip=tip)
        self.controls = {"caption": text, "new noise": self.button}
        self.picture = Image(format="png", layout=Layout(width="800px", max_width="100%"))
        self.line, self.aria = HTML(), Aria()
        row = HBox([text, self.button], layout=Layout(flex_flow="row wrap"))
        self.view = VBox([row, self.picture, self.line, self.aria])
        text.observe(self._update, names="value")
        self.button.observe(self._new_noise, names="value")
        self._update()

    def compute(self) -> Outcome:
        """What the controls lead to, without drawing."""
        return compute(self.painter, Settings(self.controls["caption"].value, self.seed))

    def _new_noise(self, change: dict) -> None:
        if change["new"]:
            self.seed += 1
            self.button.value = False  # springs back: a plain Button would lose its keys to JupyterLab
            self._update()

    def _update(self, change: dict | None = None) -> None:
        from html import escape

        self.outcome = self.compute()
        self.settings = self.outcome.settings
        self.picture.value = compact_png(draw(self.outcome), 128)
        self.line.value = escape(self.outcome.line)
        self.aria.words = self.outcome.line

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
