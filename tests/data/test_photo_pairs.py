"""Pairs of patches, high and low: reduced as Pillow does, from the right half, and never from a withheld photograph."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from coursekit.data.images import to_float
from coursekit.data.photographs import (
    GREY,
    PAIRED,
    PHOTOGRAPHS,
    WITHHELD,
    photo_pairs,
    read_photograph,
    reduce,
    resized,
)


def by_pillow(image, size):
    """uint8 (3, H, W) -> the same at (width, height), by Pillow's bicubic in floats."""
    planes = [Image.fromarray(plane.numpy().astype(np.float32)).resize(size, Image.BICUBIC) for plane in image]
    return torch.tensor(np.stack([np.asarray(plane) for plane in planes])).clamp(0, 255).round()


def test_low_is_high_reduced_by_pillows_bicubic():
    pairs = photo_pairs(4, 32, seed=3)
    for high, low in zip(pairs.high, pairs.low, strict=True):
        assert (low.float() - by_pillow(high, (8, 8))).abs().max() <= 1


def test_a_photograph_reduced_to_a_part_is_pillows():
    photograph = read_photograph("coffee")
    assert (resized(photograph, 0.5).float() - by_pillow(photograph, (300, 200))).abs().max() <= 1
    assert torch.equal(resized(photograph, 1.0), photograph)


@pytest.mark.parametrize("half", ["left", "right"])
def test_a_patch_is_a_piece_of_its_half_or_a_mirror_image_of_one(half):
    pairs = photo_pairs(2, 24, half, seed=1, names=("coffee",), scales=(1.0,))
    middle = data.coffee().shape[1] // 2
    part = data.coffee()[:, :middle] if half == "left" else data.coffee()[:, middle:]
    windows = torch.tensor(part.copy()).unfold(0, 24, 1).unfold(1, 24, 1)  # rows, columns, colour, 24, 24
    for patch in pairs.high:
        assert any(bool((windows == turned).all(-1).all(-1).all(-1).any()) for turned in (patch, patch.flip(-1)))


def test_withheld_photographs_are_in_no_default_set_and_shares_are_equal():
    pairs = photo_pairs(10, 16)
    assert set(WITHHELD) & set(PAIRED) == set() and "coffee" in WITHHELD and set(PAIRED) <= set(PHOTOGRAPHS)
    assert torch.bincount(pairs.labels).tolist() == [2] * len(PAIRED)
    assert pairs.name == "photographs, left halves" and len(pairs) == 10


def test_plain_patches_are_drawn_anew():
    deviations = [
        photo_pairs(40, 16, seed=2, names=("rocket",), contrast=contrast).high.float().mean(1).std((1, 2))
        for contrast in (0.0, 8.0)
    ]
    assert (deviations[0] < 8).float().mean() > 0.5 > (deviations[1] < 8).float().mean()


def test_the_seed_decides_and_batches_are_pairs_of_floats():
    one, same, other = (photo_pairs(8, 16, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.high, same.high) and torch.equal(one.low, same.low)
    assert not torch.equal(one.high, other.high)
    high, low = next(one.batches(3, seed=5))
    assert high.shape == (3, 3, 16, 16) and low.shape == (3, 3, 4, 4) and high.abs().max() <= 1
    every = to_float(one.high).flatten(1)
    index = [int((every == x.flatten()).all(1).nonzero()[0]) for x in high]
    assert torch.equal(low, one.floats(torch.tensor(index))[1])
    assert torch.equal(next(one.batches(3, seed=5))[0], high)


def test_scales_take_turns_within_a_photograph():
    small, mixed = (photo_pairs(2, 16, seed=4, names=("coffee",), scales=s) for s in ((0.5,), (0.5, 1.0)))
    assert torch.equal(small.high[0], mixed.high[0]) and not torch.equal(small.high[1], mixed.high[1])


def test_a_share_of_the_lows_goes_through_jpeg_and_no_high_does():
    clean, mixed = (photo_pairs(10, 32, seed=6, jpeg=share) for share in (0.0, 0.5))
    changed = (clean.low != mixed.low).flatten(1).any(1)
    assert changed[:5].all() and not changed[5:].any() and torch.equal(clean.high, mixed.high)
    assert (clean.low.float() - mixed.low.float()).abs().mean() < 8


@pytest.mark.parametrize("name", GREY)
def test_grey_pictures_have_three_equal_channels(name):
    picture = read_photograph(name)
    assert picture.shape == (3, 512, 512) and torch.equal(picture[0], picture[2])
    assert (picture[0].numpy() == getattr(data, name)()).all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="half is 'top'"):
        photo_pairs(1, half="top")
    with pytest.raises(ValueError, match="a patch of 256 pixels does not fit into .* at most 1"):
        photo_pairs(5, 256)
    with pytest.raises(ValueError, match="10 x 12 pixels cannot be divided by 4"):
        reduce(torch.zeros(1, 3, 10, 12, dtype=torch.uint8))
