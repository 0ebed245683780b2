"""What stands below a cell: pictures, captions and tables, as the front end receives them."""

import io

import numpy as np
import pytest
from PIL import Image

from coursekit.plots import style


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, in order."""
    things = []
    monkeypatch.setattr("IPython.display.display", lambda thing, raw=False: things.append(thing))
    return things


def test_a_figure_is_shown_as_a_png_with_its_caption_below(shown):
    style.show(style.new_figure(3, 2), "Figure 1. Nothing.")
    picture, caption = shown
    assert Image.open(io.BytesIO(picture.data)).size == (300, 200)
    assert caption == {"text/markdown": "_Figure 1. Nothing._", "text/plain": "Figure 1. Nothing."}


def test_what_displays_itself_is_shown_as_it_is(shown):
    thing = object()
    style.show(thing, "Figure 2.")
    assert shown[0] is thing


def test_equal_figures_give_equal_bytes_without_a_version():
    def draw():
        figure = style.new_figure()
        axis = figure.subplots()
        axis.plot([0, 1], **style.REAL_LINE)
        style.label(axis, x="step", y="nats")
        return style.png(figure)

    assert draw() == draw()
    assert b"Software" not in draw()


def test_pixels_are_those_of_the_figure():
    figure = style.new_figure(2, 1)
    figure.set_facecolor("#0072B2")
    assert style.pixels(figure).shape == (100, 200, 3)
    assert (style.pixels(figure) == np.array([0x00, 0x72, 0xB2])).all()


def test_a_table_is_markdown_with_one_line_a_row(shown):
    style.table(["seed", "modes"], [[0, "8"], [1, "7"]], "Modes held.")
    assert shown[0]["text/markdown"] == "| seed | modes |\n| --- | --- |\n| 0 | 8 |\n| 1 | 7 |"
    assert shown[0]["text/plain"] == "seed   modes\n0   8\n1   7"
    assert shown[1]["text/plain"] == "Modes held."


def test_a_table_whose_rows_do_not_fit_its_columns_is_refused():
    with pytest.raises(ValueError, match="row 1 has 3 cells, the table 2 columns"):
        style.table(["a", "b"], [[1, 2], [1, 2, 3]])
