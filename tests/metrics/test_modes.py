"""Counting modes on clouds whose count is known."""

import math

import numpy as np
import pytest
import scipy.stats
import torch

from coursekit.data.toys import ring
from coursekit.metrics.modes import count_modes, good_share, kl_to_uniform, mode_kl, stacked_counts

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


def test_kl_is_scipys_entropy_of_the_nearest_centres_of_all_samples():
    points = 3 * torch.randn(500, 2, generator=torch.Generator().manual_seed(0))
    nearest = np.linalg.norm(points.numpy()[:, None] - TOY.centers.numpy()[None], axis=2).argmin(1)
    shares = np.bincount(nearest, minlength=8) / 500
    assert mode_kl(points, TOY.centers) == pytest.approx(scipy.stats.entropy(shares, np.full(8, 1 / 8)), rel=1e-9)


def test_kl_is_log_m_for_one_mode_and_zero_for_even_modes_wherever_the_samples_lie():
    assert mode_kl(TOY.centers[3:4].repeat(10, 1), TOY.centers) == pytest.approx(math.log(8))
    assert mode_kl(TOY.centers.repeat(10, 1), TOY.centers) == pytest.approx(0, abs=1e-12)
    far = 10 * TOY.centers.repeat(10, 1)  # not one good sample, evenly spread
    assert mode_kl(far, TOY.centers) == pytest.approx(0, abs=1e-12) and good_share(far, TOY.centers, RADIUS) == 0


def test_kl_from_uniform_allows_modes_without_samples():
    assert kl_to_uniform(torch.tensor([5, 5, 0, 0])) == pytest.approx(math.log(2))


def test_stacked_labels_are_counted_as_the_number_they_spell():
    labels = torch.tensor([[3, 7], [3, 7], [0, 0], [9, 9]])
    counts = stacked_counts(labels)
    assert counts.shape == (100,) and counts.sum() == 4
    assert [counts[i].item() for i in (37, 0, 99)] == [2, 1, 1]
    assert stacked_counts(torch.tensor([[1, 2, 3]])).argmax() == 123
    assert len(stacked_counts(torch.tensor([[1, 0, 1]]), n_classes=2)) == 8
