"""Curves, point pictures and diagrams: what is drawn is what was given."""

import numpy as np
import pytest
import torch
from torch import nn

from coursekit.history import History
from coursekit.plots.curves import curves, smoothed
from coursekit.plots.diagrams import game_diagram
from coursekit.plots.points import points, probability_map
from coursekit.plots.style import png


class Slope(nn.Module):
    """The score of (x, y) is x + 10 y: asymmetric, so that swapped axes show."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 10.0]))

    def forward(self, x):
        return (x @ self.weight)[:, None]


def history(n):
    made = History()
    for i in range(n):
        made.append({"d_loss": torch.tensor(float(i)), "g_loss": torch.tensor(1.0)})
    return made


def test_the_probability_map_has_y_in_rows_and_x_in_columns():
    opinion = probability_map(Slope(), extent=2.0, n=5)
    axis = np.linspace(-2, 2, 5)
    expected = 1 / (1 + np.exp(-(axis[None, :] + 10 * axis[:, None])))
    np.testing.assert_allclose(opinion, expected, rtol=1e-5)


def test_points_are_drawn_where_they_are_over_the_opinion():
    real, fake = torch.tensor([[1.0, 2.0]]), torch.tensor([[-1.0, 0.5], [0.0, 0.0]])
    figure = points(real, fake, 3.0, "a title", probability_map(Slope(), 3.0, n=4))
    (axis,) = figure.axes
    assert [line.get_xydata().tolist() for line in axis.lines] == [real.tolist(), fake.tolist()]
    assert axis.images[0].get_extent() == [-3, 3, -3, 3] and axis.get_title(loc="left") == "a title"
    named = [text.get_text() for text in axis.get_legend().get_texts()]
    assert named == ["real", "fake", "D says real", "cannot tell", "D says fake"]


def test_the_running_mean_is_numpys_mean_over_each_window():
    values = np.random.default_rng(0).normal(size=30)
    expected = [values[i : i + 7].mean() for i in range(24)]
    np.testing.assert_allclose(smoothed(values, 7), expected)


def test_a_mean_stands_in_the_middle_of_its_window():
    (axis,) = curves(history(100), window=21).axes
    raw, mean = axis.lines[0], axis.lines[1]
    assert raw.get_ydata().tolist() == list(range(100)) and raw.get_xdata()[0] == 1
    # d_loss at step n is n - 1, a straight line, which a centred mean leaves where it is
    np.testing.assert_allclose(mean.get_ydata(), mean.get_xdata() - 1)


@pytest.mark.parametrize("n", [1, 3, 10])
def test_short_histories_are_drawn_too(n):
    assert len(curves(history(n)).axes) == 1


def test_the_diagram_is_a_picture_that_names_both_players():
    figure = game_diagram()
    words = {text.get_text() for text in figure.axes[0].texts}
    assert {"G: forger", "D: detective", "noise z", "real data"} <= words
    assert png(figure).startswith(b"\x89PNG")
