"""Line charts and the density picture, read back from the artists that matplotlib holds."""

import numpy as np
import pytest

from coursekit.plots.densities import densities
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import D_COLOR, FAKE_COLOR, REAL_COLOR, new_figure

X = np.linspace(0, 1, 5)


def test_every_line_and_level_is_drawn_named_and_told_apart_without_colour():
    axis = new_figure().subplots()
    draw_lines(axis, X, {"a": X, "b": 2 * X, "c": 3 * X, "d": 4 * X}, "time", "nats", {"top": 4.0, "bottom": 0.0})
    drawn = {line.get_label(): line for line in axis.lines}
    assert set(drawn) == {"a", "b", "c", "d", "top", "bottom"}
    assert np.array_equal(drawn["c"].get_ydata(), 3 * X)
    assert list(drawn["top"].get_ydata()) == [4.0, 4.0]
    assert len({str(drawn[name]._dash_pattern) for name in "abcd"}) == 4
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("time", "nats")
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["top", "bottom", "a", "b", "c", "d"]


def test_more_lines_than_styles_is_an_error():
    with pytest.raises(ValueError, match="5 lines and 0 levels"):
        draw_lines(new_figure().subplots(), X, dict.fromkeys("abcde", X), "x", "y")


def test_the_density_picture_shows_real_fake_and_d_in_their_colours():
    figure = densities(X, X, 1 - X, {"D*": X**2}, title="step 3")
    top, bottom = figure.axes
    real, fake = top.lines
    assert (real.get_color(), real.get_linestyle(), fake.get_color(), fake.get_linestyle()) == (
        REAL_COLOR,
        "-",
        FAKE_COLOR,
        "--",
    )
    assert np.array_equal(fake.get_ydata(), 1 - X)
    assert bottom.lines[0].get_color() == D_COLOR and np.array_equal(bottom.lines[0].get_ydata(), X**2)
    assert top.get_title(loc="left") == "step 3"
