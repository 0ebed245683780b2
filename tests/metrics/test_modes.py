"""Counting modes on clouds whose count is known."""

import torch

from coursekit.data.toys import ring
from coursekit.metrics.modes import count_modes, good_share

TOY = ring()
RADIUS = 3 * TOY.sd


def cloud(n, modes=8, seed=0):
    points = TOY.draw(n * 4, torch.Generator().manual_seed(seed))
    nearest = torch.cdist(points, TOY.centers).argmin(1)
    return points[nearest < modes][:n]


def test_real_data_hold_every_mode_and_almost_every_sample_is_good():
    points = cloud(4000)
    assert count_modes(points, TOY.centers, RADIUS) == 8
    assert abs(good_share(points, TOY.centers, RADIUS) - 0.989) < 0.01  # 2-D normal within 3 sd: 1 - exp(-4.5)


def test_samples_from_three_modes_count_three():
    assert count_modes(cloud(1000, modes=3), TOY.centers, RADIUS) == 3


def test_one_lucky_sample_does_not_hold_a_mode():
    points = torch.cat([cloud(999, modes=1), TOY.centers[4:5]])
    assert count_modes(points, TOY.centers, RADIUS) == 1
    assert count_modes(points, TOY.centers, RADIUS, min_share=1 / 1000) == 2


def test_samples_between_the_modes_hold_none():
    assert count_modes(torch.zeros(100, 2), TOY.centers, RADIUS) == 0
    assert good_share(torch.zeros(100, 2), TOY.centers, RADIUS) == 0
