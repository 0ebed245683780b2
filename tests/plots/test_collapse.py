"""The pictures of lecture 06 show the samples they are given and the circles that count."""

import torch
from matplotlib.patches import Circle

from coursekit.data.toys import ring
from coursekit.plots.collapse import clouds


def test_a_panel_shows_every_sample_and_one_circle_a_mode():
    toy = ring()
    samples = {"a": torch.rand(7, 2), "b": torch.rand(3, 2)}
    figure = clouds(samples, toy.centers, 3 * toy.sd)
    for axis, (title, points) in zip(figure.axes, samples.items(), strict=True):
        assert axis.get_title(loc="left") == title
        assert torch.allclose(torch.tensor(axis.lines[0].get_xydata()).float(), points)
        circles = [patch for patch in axis.patches if isinstance(patch, Circle)]
        assert torch.allclose(torch.tensor([circle.center for circle in circles]), toy.centers)
        assert {round(circle.radius, 6) for circle in circles} == {0.3}
