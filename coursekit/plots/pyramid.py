"""Pictures of a pyramid: images of several sizes in one sheet, and as the frames of a film."""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from coursekit.plots.sheets import sheet
from coursekit.plots.style import new_figure


def stacked(rows: Sequence[Tensor], scale: int = 2) -> Image.Image:
    """A sheet with one row for each of `rows`, (n, C, size, size) in [-1, 1], n being the same for all.

    Smaller images are enlarged without smoothing to the size of the largest, so that their pixels can be seen. A
    residual of 0 is mid grey.
    """
    n, largest = len(rows[0]), max(row.shape[-1] for row in rows)
    if any(len(row) != n for row in rows):
        raise ValueError(f"the rows hold {[len(row) for row in rows]} images: give the same number for each row")
    return sheet(torch.cat([interpolate(row, (largest, largest), mode="nearest") for row in rows]), n, scale)


def framed(picture: Image.Image, title: str) -> Figure:
    """The picture, pixel by pixel, under a title: one frame for `show_animation`."""
    width, height, bar = picture.width / 100, picture.height / 100, 0.25
    figure = new_figure(width, height + bar)
    figure.set_layout_engine("none")
    axis = figure.add_axes((0, 0, 1, height / (height + bar)))
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
    axis.axis("off")
    figure.text(0.01, 1 - bar / 2 / (height + bar), title, va="center", fontsize=10)
    return figure
