"""The caption box, driven without a browser: type, look at what is painted, read what is not understood."""

import base64
import io

import matplotlib.pyplot
import pytest
import torch
from PIL import Image

from coursekit.data.captions import scenes
from coursekit.text_to_image import TextRecipe, train_painter
from coursekit.widgets.caption_box import CaptionBox, draw


@pytest.fixture(scope="module")
def painter():
    recipe = TextRecipe(width=4, d_width=4, batch_size=8, match_steps=3)
    return train_painter(scenes(60), recipe, 2, progress=False)[0]


@pytest.fixture
def box(painter):
    return CaptionBox(painter, "a small red circle top left")


def test_a_caption_becomes_eight_pictures_of_the_painters(box, painter):
    torch.testing.assert_close(box.outcome.images, painter.paint("a small red circle top left", 8, seed=0))
    box.controls["caption"].value = "big blue cross, bottom right"
    torch.testing.assert_close(box.outcome.images, painter.paint("big blue cross bottom right", 8, seed=0))
    assert box.settings.caption == "big blue cross, bottom right"


def test_unknown_words_are_named_below_an_empty_frame_and_not_ignored(box):
    before = box.picture.value
    box.controls["caption"].value = "a purple circle near a <b>dragon"
    assert box.outcome.images is None and "unknown words: purple, near, <b>dragon" in box.outcome.line
    assert "&lt;b&gt;dragon" in box.line.value and "<b>" not in box.line.value
    assert box.picture.value != before
    box.controls["caption"].value = "a red circle"
    assert box.outcome.images is not None


def test_an_empty_caption_is_asked_for(box):
    box.controls["caption"].value = "  "
    assert box.outcome.line.startswith("Say something") and box.outcome.images is None


def test_new_noise_paints_the_same_caption_from_the_seed_that_is_named(box, painter):
    box.button.value = True
    torch.testing.assert_close(box.outcome.images, painter.paint("a small red circle top left", 8, seed=1))
    assert "seed 1" in box.outcome.line and box.button.value is False


def test_the_line_counts_what_the_caption_names_and_nothing_else(box):
    box.controls["caption"].value = "a tiny disc"
    assert "circle" in box.outcome.line and "small" in box.outcome.line and "of 8" in box.outcome.line
    assert "red" not in box.outcome.line.removeprefix("The judge reads")


def test_without_a_kernel_there_is_a_picture_and_a_sentence(box):
    bundle = box._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle and "run the cell" in bundle["text/plain"]
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).width == 800


def test_every_control_has_a_name_and_a_screen_reader_hears_the_line(box):
    assert all(one.description.strip() for one in box.controls.values()) and box.button.tooltip
    assert box.aria.words == box.outcome.line and box.aria in box.view.children
    draw(box.outcome)
    assert matplotlib.pyplot.get_fignums() == []
