"""Patches of photographs: from the right half, the right size, and no pixel both trained on and held out."""

import pytest
import torch
from skimage import data
from skimage.transform import downscale_local_mean

from coursekit.data.photographs import HALVES, PHOTOGRAPHS, photo_patches, read_photograph


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_each_photograph_is_there_without_a_download_and_in_colour(name):
    photograph = read_photograph(name)
    assert photograph.dtype == torch.uint8 and photograph.shape[0] == 3 and min(photograph.shape[1:]) >= 300
    assert (photograph[0].float() - photograph[2].float()).abs().mean() > 2  # red and blue differ


def test_a_photograph_has_the_pixels_of_scikit_image():
    assert (read_photograph("coffee").permute(1, 2, 0).numpy() == data.coffee()).all()


def test_a_patch_is_a_halved_crop_of_its_photograph_or_its_mirror_image():
    patches = photo_patches(6, size=16, half="right", seed=4)
    label = PHOTOGRAPHS.index("chelsea")
    half = data.chelsea()[:, data.chelsea().shape[1] // 2 :].astype(float)
    halved = {  # all four ways to lay blocks of 2 x 2 over the photograph
        (dy, dx): torch.tensor(downscale_local_mean(half[dy : 298 + dy, dx : 224 + dx], (2, 2, 1))).round()
        for dy in (0, 1)
        for dx in (0, 1)
    }
    for patch in patches.images[patches.labels == label]:
        found = False
        for whole in halved.values():
            windows = whole.unfold(0, 16, 1).unfold(1, 16, 1)  # rows, columns, colour, 16, 16
            for turned in (patch, patch.flip(-1)):
                found |= bool(((windows - turned).abs() <= 1).all(-1).all(-1).all(-1).any())
        assert found


def test_left_and_right_halves_share_no_column():
    ruler = torch.arange(7).expand(3, 2, 7)
    assert HALVES["left"](ruler)[0, 0].tolist() == [0, 1, 2] and HALVES["right"](ruler)[0, 0].tolist() == [3, 4, 5, 6]


def test_photographs_have_equal_shares_and_the_seed_decides():
    one, same, other = (photo_patches(18, size=8, seed=seed) for seed in (1, 1, 2))
    assert torch.bincount(one.labels).tolist() == [3] * 6
    assert torch.equal(one.images, same.images) and not torch.equal(one.images, other.images)
    assert one.floats().shape == (18, 3, 8, 8) and one.name == "photographs, left halves"


def test_wrong_names_and_patches_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="no photograph 'camel': choose one of astronaut"):
        read_photograph("camel")
    with pytest.raises(ValueError, match="half is 'top'"):
        photo_patches(1, half="top")
    with pytest.raises(ValueError, match="covers 256 x 256.*at most 11[23] pixels"):
        photo_patches(6, size=128)
