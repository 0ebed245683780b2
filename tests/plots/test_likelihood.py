"""Rows of images as one PNG."""

import io

import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from coursekit.plots.likelihood import image_rows
from coursekit.plots.sheets import GAP


def test_each_row_of_images_is_a_row_of_the_picture_and_0_to_1_is_black_to_white():
    rows = [torch.full((3, 1, 4, 5), level) for level in (0.0, 0.5, 1.0)]
    picture = np.asarray(Image.open(io.BytesIO(image_rows(*rows).data)).convert("L"))
    assert picture.shape == (2 * (3 * (4 + GAP) + GAP), 2 * (3 * (5 + GAP) + GAP))
    middle_of_rows = [2 * (GAP + (4 + GAP) * row + 2) for row in range(3)]
    assert [int(picture[y, 2 * (GAP + 2)]) for y in middle_of_rows] == [0, 128, 255]


def test_only_a_png_is_stored():
    data, _ = DisplayFormatter().format(image_rows(torch.zeros(2, 1, 4, 4)))
    assert "image/png" in data and "image/jpeg" not in data


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"\[2, 3\] images"):
        image_rows(torch.zeros(2, 1, 4, 4), torch.zeros(3, 1, 4, 4))
