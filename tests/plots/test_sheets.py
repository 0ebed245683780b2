"""Sample sheets: each image in its place, pixel for pixel."""

import numpy as np
import pytest
import torch

from coursekit.plots.sheets import GAP, sheet


def test_every_image_stands_in_its_cell_row_by_row():
    images = torch.linspace(-1, 1, 5).reshape(5, 1, 1, 1).expand(5, 1, 3, 4)
    page = np.array(sheet(images, columns=2, scale=1))
    assert page.shape == (3 * (3 + GAP) + GAP, 2 * (4 + GAP) + GAP)
    for i, value in enumerate([0, 64, 128, 191, 255]):
        top, left = GAP + (i // 2) * (3 + GAP), GAP + (i % 2) * (4 + GAP)
        assert (page[top : top + 3, left : left + 4] == value).all()
    assert (page[-3 - GAP : -GAP, -4 - GAP : -GAP] == 255).all()  # the empty sixth cell


def test_colours_keep_their_channels_and_values_outside_the_range_are_clipped():
    image = torch.tensor([3.0, -1.0, -9.0]).reshape(1, 3, 1, 1)
    page = np.array(sheet(image, columns=1, scale=3))
    assert page[3 * GAP + 1, 3 * GAP + 1].tolist() == [255, 0, 0]


def test_enlargement_repeats_pixels():
    images = torch.rand(4, 1, 3, 3) * 2 - 1
    small, large = (np.array(sheet(images, scale=scale)) for scale in (1, 4))
    assert np.array_equal(large[::4, ::4], small) and np.array_equal(large[3::4, 3::4], small)


@pytest.mark.parametrize("shape", [(4, 2, 3, 3), (3, 3)])
def test_other_shapes_are_named(shape):
    with pytest.raises(ValueError, match="a sheet needs images"):
        sheet(torch.zeros(shape))
