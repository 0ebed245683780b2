"""Pictures of learning, read back from the artists that were drawn."""

import numpy as np
import torch

from coursekit.plots.descent import bowl, decision_maps
from coursekit.plots.style import BLUE, ORANGE, png


def test_a_bowl_draws_each_path_from_square_to_star():
    path = torch.tensor([[-2.0, 1.0], [-1.0, -0.5], [-0.5, 0.2]])
    figure = bowl({"one": path, "two": -path}, (1, 10), (3, 2))
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["one", "two"]
    drawn, start, goal = (np.column_stack(line.get_data()) for line in figure.axes[1].lines)
    np.testing.assert_allclose(drawn, -path)
    np.testing.assert_allclose(start, [[2, -1]])
    np.testing.assert_allclose(goal, [[0, 0]])


def test_a_decision_map_has_the_border_where_the_probability_is_a_half_and_each_class_its_points():
    axis = np.linspace(-2, 2, 60)
    probability = 1 / (1 + np.exp(-5 * (axis[None, :] - 0.7 + 0 * axis[:, None])))  # 1/2 at x = 0.7
    x, labels = torch.tensor([[1.0, 0.0], [-1.0, 0.5], [1.5, 1.0]]), torch.tensor([[1.0], [0.0], [1.0]])
    figure = decision_maps({"map": probability}, x, labels)
    [panel] = figure.axes
    border = np.vstack([path.vertices for path in panel.collections[0].get_paths()])
    np.testing.assert_allclose(border[:, 0], 0.7, atol=0.05)
    points = {line.get_label(): np.column_stack(line.get_data()) for line in panel.lines}
    np.testing.assert_allclose(points["class 1"], x[[0, 2]])
    np.testing.assert_allclose(points["class 0"], x[[1]])
    assert {line.get_label(): (line.get_color(), line.get_marker()) for line in panel.lines} == {
        "class 1": (BLUE, "o"),
        "class 0": (ORANGE, "^"),
    }


def test_a_map_without_a_border_shows_none():
    figure = decision_maps({"all blue": np.full((9, 9), 0.7)}, torch.zeros(2, 2), torch.tensor([0.0, 1.0]))
    png(figure)
    assert len(figure.axes[0].collections) == 0
