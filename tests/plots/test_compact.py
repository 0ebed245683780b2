"""Compact pictures: fewer bytes, the same picture to the eye."""

import io

import numpy as np
import torch
from PIL import Image

from coursekit.plots.compact import compact_png
from coursekit.plots.sheets import sheet
from coursekit.plots.style import FAKE_LINE, REAL_LINE, new_figure, pixels, png


def opened(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def test_a_grey_sheet_keeps_its_shades_within_a_few_levels():
    images = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
    page = sheet(images, 4)
    exact = np.asarray(page.convert("RGB")).astype(int)
    data = compact_png(page, 16)
    assert np.abs(opened(data) - exact).max() <= 16  # 16 of 256 shades
    whole = io.BytesIO()
    page.save(whole, "PNG")
    assert len(data) < 0.6 * len(whole.getvalue())


def test_a_figure_takes_less_than_half_the_bytes_and_looks_the_same():
    figure = new_figure()
    axis = figure.subplots()
    axis.plot([0, 1, 2], [0, 3, 1], label="real", **REAL_LINE)
    axis.plot([0, 1, 2], [2, 0, 1], label="fake", **FAKE_LINE)
    data = compact_png(figure)
    difference = np.abs(opened(data) - pixels(figure).astype(int))
    assert difference.mean() < 0.5 and difference.max() < 80
    assert len(data) < 0.5 * len(png(figure))
