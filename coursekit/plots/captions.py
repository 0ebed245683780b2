"""Pictures of scenes, enlarged, and what the judge reads in them, in words (lesson 14)."""

import torch
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn.functional import pad

from coursekit.data.captions import SYNONYMS, words_of
from coursekit.data.images import to_uint8
from coursekit.data.shapes import ATTRIBUTES
from coursekit.metrics.attributes import read_attributes


def asked(caption: str) -> dict[str, str]:
    """The value of each attribute that a caption names: {"colour": "red", ...}; of several the first, never "not x"."""
    found: dict[str, str] = {}
    words = words_of(caption)
    for before, word in zip(["", *words], words, strict=False):
        for kind, values in ATTRIBUTES.items():
            for value in values:
                if before != "not" and word in SYNONYMS.get(value, (value,)):
                    found.setdefault(kind, value)
    return found


def told(caption: str, images: Tensor) -> str:
    """How many of the pictures show what the caption asks for: "red 8 of 8, circle 7 of 8, ..."."""
    read = read_attributes(images)[0]
    parts = []
    for k, (kind, values) in enumerate(ATTRIBUTES.items()):
        value = asked(caption).get(kind)
        if value is not None:
            right = int((read[:, k] == values.index(value)).sum())
            parts.append(f"{value} {right} of {len(images)}")
    return ", ".join(parts) or "the caption names no attribute"


def rows_of(images: Tensor, captions: list[str], left: float = 0.36) -> Figure:
    """One row of scenes for each caption, which stands in front: images (R, n, 3, H, W) in [-1, 1].

    `left` is the share of the width that the captions get.
    """
    n_rows = len(images)
    figure = Figure(figsize=(8, (1 - left) * n_rows), dpi=100)
    for k, (row, caption) in enumerate(zip(images, captions, strict=True)):
        axis = figure.add_axes((left, 1 - (k + 1) / n_rows, 1 - left, 0.96 / n_rows))
        strip = torch.cat(list(pad(row, (0, 1), value=1.0)), 2)
        axis.imshow(to_uint8(strip).permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
        axis.set_axis_off()
        figure.text(left - 0.01, 1 - (k + 0.5) / n_rows, caption, ha="right", va="center", fontsize=9)
    return figure
