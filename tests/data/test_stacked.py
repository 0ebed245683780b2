"""Stacked digits: each channel is an image of the data set, and the label names them all."""

import pytest
import torch

from coursekit.data.images import Images
from coursekit.data.stacked import stacked


@pytest.fixture
def images():
    """Thirty images of 2 x 2 pixels that spell their label: pixel 0 is the label, pixel 1 the image's number."""
    pixels = torch.zeros(30, 1, 2, 2, dtype=torch.uint8)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = torch.arange(30) % 10, torch.arange(30)
    return Images(pixels, torch.arange(30) % 10, "made up", ())


@pytest.mark.parametrize("n_digits", [1, 2, 3])
def test_the_label_is_the_number_that_the_channels_spell(n_digits, images):
    stacks = stacked(images, n_digits, n=200, seed=1)
    assert stacks.images.shape == (200, n_digits, 2, 2) and stacks.images.dtype == torch.uint8
    spelled = [int("".join(map(str, digits))) for digits in stacks.images[:, :, 0, 0].tolist()]
    assert stacks.labels.tolist() == spelled and stacks.name == "made up"


def test_channels_are_drawn_independently_and_evenly(images):
    stacks = stacked(images, 2, n=40_000)
    counts = torch.bincount(stacks.labels, minlength=100)
    assert counts.min() > 300 and counts.max() < 500
    assert len(stacks.images[:, 0, 0, 1].unique()) == 30


def test_the_seed_decides_the_stacks(images):
    first, again, other = (stacked(images, 2, 50, seed).images for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_colour_images_and_images_without_labels_are_refused(images):
    with pytest.raises(ValueError, match="grey labelled"):
        stacked(Images(images.images.expand(-1, 3, -1, -1), images.labels, "colour"))
    with pytest.raises(ValueError, match="grey labelled"):
        stacked(Images(images.images, None, "unlabelled"))
