"""Two versions of one picture, and a line to drag between them: before and after (lecture 16)."""

import io
from pathlib import Path

import torch
import traitlets
from anywidget import AnyWidget
from ipywidgets import VBox
from PIL import Image
from torch import Tensor

from coursekit.data.images import to_uint8
from coursekit.plots.compact import compact_png
from coursekit.widgets.conventions import live_or_stored

HERE = Path(__file__)
LINE = 2  # pixels of the white line in the stored picture


class Screen(AnyWidget):
    """What the browser is told: both pictures as PNG, their names, the width on the page, and where the line is."""

    _esm = HERE.with_suffix(".js")
    _css = HERE.with_suffix(".css")
    before = traitlets.Bytes().tag(sync=True)
    after = traitlets.Bytes().tag(sync=True)
    before_name = traitlets.Unicode("").tag(sync=True)
    after_name = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    place = traitlets.Float(50.0).tag(sync=True)


def pixels(name: str, image: Tensor) -> Tensor:
    """One picture, uint8 or floats in [-1, 1], (3, H, W) or (1, 3, H, W), as uint8 (3, H, W)."""
    if image.dim() == 4 and len(image) == 1:
        image = image[0]
    if image.dim() != 3 or image.shape[0] not in (1, 3):
        raise ValueError(f"{name!r} got {tuple(image.shape)}, it needs one picture (3, H, W): x[0] takes the first")
    if image.is_floating_point():
        image = to_uint8(image)
    if image.dtype != torch.uint8:
        raise ValueError(f"{name!r} got {image.dtype}, it needs uint8 pixels or floats in [-1, 1]")
    return image.detach().cpu().expand(3, -1, -1)


def as_picture(x: Tensor) -> Image.Image:
    return Image.fromarray(x.permute(1, 2, 0).contiguous().numpy())


def lossless(x: Tensor) -> bytes:
    buffer = io.BytesIO()
    as_picture(x).save(buffer, "PNG")
    return buffer.getvalue()


class Swipe:
    """Before and after: `before` is seen left of a line and `after` right of it; mouse, finger or arrow keys move it.

    Each is one picture, uint8 or floats in [-1, 1], (3, H, W), of the same size; `names` say what they are. `place` is
    where the line stands, in percent of the width; on the page a pixel is shown `scale` times as large. Raises
    ValueError for pictures that do not fit.
    """

    def __init__(self, before: Tensor, after: Tensor, names: tuple[str, str] = ("before", "after"), scale: float = 1.0):
        self.names = names
        self.before, self.after = (pixels(name, x) for name, x in zip(names, (before, after), strict=True))
        if self.before.shape != self.after.shape:
            raise ValueError(
                f"{names[0]!r} is {tuple(self.before.shape[1:])} and {names[1]!r} {tuple(self.after.shape[1:])}: "
                "enlarge the smaller one first"
            )
        self.screen = Screen(
            before=lossless(self.before),
            after=lossless(self.after),
            before_name=names[0],
            after_name=names[1],
            width=round(scale * self.before.shape[2]),
        )
        self.view = VBox([self.screen])

    @property
    def place(self) -> float:
        """Where the line stands, 0 (all `after`) to 100 (all `before`)."""
        return self.screen.place

    @place.setter
    def place(self, value: float) -> None:
        if not 0 <= value <= 100:
            raise ValueError(f"place is {value}: it is a percentage, from 0 to 100")
        self.screen.place = float(value)

    @property
    def sentence(self) -> str:
        return f"{self.names[0]} on the left of the line, {self.names[1]} on its right: run the cell to move the line."

    def compute(self, place: float) -> Tensor:
        """The two pictures joined at `place` percent of the width, with a white line: uint8 (3, H, W)."""
        joined, width = self.after.clone(), self.after.shape[2]
        x = round(place / 100 * width)
        joined[:, :, :x] = self.before[:, :, :x]
        joined[:, :, max(x - LINE // 2, 0) : x + LINE // 2] = 255
        return joined

    def draw(self) -> Image.Image:
        """What is seen now, as a picture."""
        return as_picture(self.compute(self.place))

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, compact_png(self.draw(), 128), self.sentence)
