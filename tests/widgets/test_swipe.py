"""The swipe without a browser: what it shows where, what the browser is told, and what it refuses."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from coursekit.data.images import to_float
from coursekit.widgets.swipe import Swipe


def pictures(width=40, height=20):
    return torch.randint(256, (2, 3, height, width), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


@pytest.fixture
def swipe():
    return Swipe(*pictures(), names=("bicubic", "SRGAN"), scale=2)


@pytest.mark.parametrize("place", [0, 25, 50, 100])
def test_left_of_the_line_is_before_and_right_of_it_after(swipe, place):
    before, after = pictures()
    seen, x = swipe.compute(place), round(place / 100 * 40)
    assert torch.equal(seen[:, :, : max(x - 1, 0)], before[:, :, : max(x - 1, 0)])
    assert torch.equal(seen[:, :, x + 1 :], after[:, :, x + 1 :])
    assert (seen[:, :, max(x - 1, 0) : x + 1] == 255).all()
    assert torch.equal(torch.stack([swipe.before, swipe.after]), pictures())  # nothing was drawn into them


def test_the_browser_gets_both_pictures_without_loss_their_names_and_the_width(swipe):
    for name, expected in zip(("before", "after"), pictures(), strict=True):
        with Image.open(io.BytesIO(getattr(swipe.screen, name))) as picture:
            assert (np.asarray(picture) == expected.permute(1, 2, 0).numpy()).all()
    assert (swipe.screen.before_name, swipe.screen.after_name, swipe.screen.width) == ("bicubic", "SRGAN", 80)


def test_the_line_moves_from_python_and_from_the_browser(swipe):
    assert swipe.place == 50
    swipe.place = 20
    assert swipe.screen.place == 20
    swipe.screen.set_state({"place": 70.5})
    assert swipe.place == 70.5
    assert np.array_equal(np.asarray(swipe.draw()), swipe.compute(70.5).permute(1, 2, 0).numpy())


@pytest.mark.parametrize("place", [-1, 101, float("nan")])
def test_a_place_beyond_the_picture_is_refused(swipe, place):
    with pytest.raises(ValueError, match="a percentage, from 0 to 100"):
        swipe.place = place


def test_floats_a_batch_of_one_and_grey_are_taken():
    before, after = pictures()
    same = Swipe(to_float(before), to_float(after)[None])
    assert torch.equal(same.before, before) and torch.equal(same.after, after)
    assert Swipe(before[:1], after).before.shape == (3, 20, 40)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (pictures()[0], pictures(44)[0], r"'before' is \(20, 40\) and 'after' \(20, 44\)"),
        (pictures(), pictures()[0], r"'before' got \(2, 3, 20, 40\), it needs one picture"),
        (pictures()[0], pictures()[1].int(), "'after' got torch.int32"),
    ],
)
def test_pictures_that_do_not_fit_are_named(before, after, words):
    with pytest.raises(ValueError, match=words):
        Swipe(before, after)


def test_without_a_kernel_there_is_a_picture_and_a_sentence(swipe):
    bundle = swipe._repr_mimebundle_()
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as picture:
        assert picture.size == (40, 20)
    assert bundle["text/plain"].startswith("bicubic on the left of the line, SRGAN on its right: run the cell")
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_line_is_a_slider_with_a_name_a_value_and_arrow_keys(swipe):
    script = str(swipe.screen._esm)
    for word in ('role: "slider"', "aria-label", "aria-valuenow", "aria-valuetext", "ArrowLeft", "ArrowRight", "Home"):
        assert word in script
    assert ":focus-visible" in str(swipe.screen._css)
