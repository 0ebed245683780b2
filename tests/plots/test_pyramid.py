"""Sheets and frames of images in several sizes."""

import numpy as np
import pytest
import torch

from coursekit.plots.pyramid import framed, stacked
from coursekit.plots.style import pixels


def test_small_images_are_enlarged_pixel_by_pixel_under_the_large_ones():
    small = torch.tensor([[[[-1.0, 1.0], [1.0, -1.0]]]])
    picture = np.asarray(stacked([torch.zeros(1, 1, 4, 4), small], scale=1))
    assert picture.shape == (4 + 4 + 3 * 2, 4 + 2 * 2)
    assert (picture[2:6, 2:6] == 128).all()  # a residual of 0 is mid grey
    expected = np.kron([[0, 255], [255, 0]], np.ones((2, 2)))
    assert (picture[8:12, 2:6] == expected).all()


def test_rows_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match=r"\[2, 3\] images"):
        stacked([torch.zeros(2, 1, 4, 4), torch.zeros(3, 1, 4, 4)])


def test_a_frame_shows_the_picture_unscaled_below_its_title():
    picture = stacked([torch.full((6, 3, 28, 28), -0.5)])
    frame = pixels(framed(picture, "14 pixels"))
    assert frame.shape == (picture.height + 25, picture.width, 3)
    assert (np.abs(frame[25:].astype(int) - np.asarray(picture)) <= 1).mean() > 0.99
    assert frame[:25].min() < 100  # the title
