"""What a caption asks for, what the judge tells of pictures, and rows of pictures with their captions."""

import matplotlib.pyplot
import numpy as np
import pytest
import torch

from coursekit.data.captions import CORRECTED, TEMPLATES, plainly, scenes
from coursekit.data.shapes import ATTRIBUTES, all_combos, render
from coursekit.plots.captions import asked, rows_of, told
from coursekit.plots.style import pixels


def drawn(*names):
    """Noiseless pictures in [-1, 1] of captions in plain words."""
    rows = [[ATTRIBUTES[kind].index(asked(name)[kind]) for kind in ATTRIBUTES] for name in names]
    return render(torch.tensor(rows), torch.zeros(len(rows), 2)) / 127.5 - 1


def test_plain_captions_ask_for_their_attributes_and_for_no_others():
    for combo in all_combos():
        wanted = {kind: values[k] for (kind, values), k in zip(ATTRIBUTES.items(), combo.tolist(), strict=True)}
        assert asked(plainly(combo.tolist())) == wanted


@pytest.mark.parametrize("template", TEMPLATES + CORRECTED)
def test_synonyms_any_order_and_a_denied_colour_ask_for_the_same(template):
    s = scenes(100, templates=[template])
    for text, combo in zip(s.captions, s.attributes, strict=True):
        assert asked(text) == asked(plainly(combo.tolist())), text


def test_of_two_values_the_first_counts_and_what_is_not_named_is_not_asked_for():
    assert asked("a Tiny red, not blue disc.") == {"colour": "red", "size": "small", "shape": "circle"}
    assert asked("red or blue") == {"colour": "red"} and asked("the corner") == {}


def test_it_is_told_how_many_pictures_show_each_value():
    images = drawn("small red circle top left", "large red circle top left", "small red cross bottom left")
    assert told("a small red disc, top", images) == "red 3 of 3, circle 2 of 3, small 2 of 3, top 2 of 3"
    assert told("blue", images) == "blue 0 of 3"
    assert told("in the corner", images) == "the caption names no attribute"


def test_each_row_stands_beside_its_caption_in_its_own_colours():
    reds, blues = drawn("large red square top left"), drawn("large blue square top left")
    figure = rows_of(torch.stack([reds.repeat(4, 1, 1, 1), blues.repeat(4, 1, 1, 1)]), ["one", "two"])
    assert [text.get_text() for text in figure.texts] == ["one", "two"]
    page = pixels(figure).astype(int)
    height, width = page.shape[:2]
    left = int(0.36 * width)
    for half, channel in ((page[: height // 2], 0), (page[height // 2 :], 2)):
        tinted = (half[..., channel] - half[..., 2 - channel]) > 100
        assert tinted.any() and not tinted[:, :left].any()
        runs = np.diff(tinted.any(0).astype(int)) == 1
        assert runs.sum() == 4
        assert not ((half[..., 2 - channel] - half[..., channel]) > 100).any()
    assert matplotlib.pyplot.get_fignums() == []


def test_without_room_for_captions_the_pictures_fill_the_width():
    image = drawn("large yellow square bottom right")
    page = pixels(rows_of(image.repeat(8, 1, 1, 1)[None], [""], left=0.0)).astype(int)
    dark = (page.sum(2) < 200).any(0)
    assert page.shape[1] == 800 and dark[:10].any() and dark[-20:].any()
