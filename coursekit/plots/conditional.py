"""A table of pictures and words."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from torch import Tensor

from coursekit.plots.style import new_figure

ROW = 0.62  # inches


def picture_table(images: Tensor, columns: Mapping[str, Sequence[str]], widths: Sequence[float]) -> Figure:
    """One row for each of `images` (N, 3, H, W) in [-1, 1]: the picture, then the text that each column has for it.

    `widths` are the columns' in inches, without that of the pictures.
    """
    if any(len(texts) != len(images) for texts in columns.values()):
        raise ValueError(f"there are {len(images)} images: every column needs as many texts")
    width, height = ROW + sum(widths), ROW * len(images) + 0.3
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    for i, image in enumerate(images):
        top = height - 0.3 - i * ROW
        axis = figure.add_axes((0, (top - ROW + 0.04) / height, (ROW - 0.08) / width, (ROW - 0.08) / height))
        axis.imshow((image.permute(1, 2, 0).cpu() + 1).clamp(0, 2).numpy() / 2, interpolation="nearest")
        axis.axis("off")
        place = ROW
        for texts, wide in zip(columns.values(), widths, strict=True):
            figure.text(place / width, (top - ROW / 2) / height, texts[i], va="center", fontsize=9)
            place += wide
    place = ROW
    for name, wide in zip(columns, widths, strict=True):
        figure.text(place / width, 1 - 0.15 / height, name, va="center", fontsize=10, weight="bold")
        place += wide
    return figure
