"""The table of pictures and words."""

import pytest
import torch

from coursekit.plots.conditional import picture_table


def test_every_picture_has_its_row_with_the_texts_of_each_column():
    figure = picture_table(torch.zeros(2, 3, 4, 4), {"user": ["a", "b"], "GAN": ["c", "d"]}, (1.0, 2.0))
    places = {text.get_text(): text.get_position() for text in figure.texts}
    assert set(places) == {"user", "GAN", "a", "b", "c", "d"} and len(figure.axes) == 2
    assert places["a"][1] > places["b"][1] and places["a"][0] == places["user"][0] < places["c"][0]


def test_a_column_with_too_few_texts_is_refused():
    with pytest.raises(ValueError, match="2 images: every column needs as many texts"):
        picture_table(torch.zeros(2, 3, 4, 4), {"user": ["a"]}, (1.0,))
