"""Precision and recall against scikit-learn's neighbours, and on points that can be counted by hand."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from coursekit.metrics import precision_recall as module
from coursekit.metrics.precision_recall import precision_recall


def features(n: int, seed: int, d: int = 3) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def covered(points: np.ndarray, centers: np.ndarray, k: int) -> float:
    distances, _ = NearestNeighbors(n_neighbors=k).fit(centers).kneighbors()  # without the point itself
    apart = np.linalg.norm(points[:, None] - centers, axis=2)
    return float((apart <= distances[:, -1]).any(1).mean())


@pytest.mark.parametrize("k", [1, 3, 5])
def test_both_equal_scikit_learns_neighbours_across_chunks(k, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 17)
    real, fake = features(60, 0), 0.7 * features(45, 1) + 1.2
    expected = covered(fake.numpy(), real.numpy(), k), covered(real.numpy(), fake.numpy(), k)
    assert precision_recall(real, fake, k) == pytest.approx(expected, abs=1e-12)
    assert abs(expected[0] - expected[1]) > 0.03  # so that neither stands in for the other


def test_precision_is_of_the_fakes_and_recall_of_the_reals():
    real = torch.tensor([[0.0], [1], [2], [10], [11], [12]])
    fake = torch.tensor([[0.5], [1.5], [1.0], [30.0], [31.0]])
    precision, recall = precision_recall(real, fake, k=1)
    assert precision == 3 / 5  # all but 30 and 31
    assert recall == 3 / 6  # 0, 1 and 2, on the edges of balls of radius 0.5


def test_one_fake_far_from_all_others_has_a_ball_that_covers_the_reals():
    real, fake = torch.tensor([[0.0], [1], [2]]), torch.tensor([[50.0], [50.5], [50.6], [-50.0]])
    assert precision_recall(real, fake, k=1) == (0.0, 1.0)


def test_the_edge_of_a_ball_belongs_to_it():
    real, fake = torch.tensor([[0.0], [2.0]]), torch.tensor([[4.0], [5.0]])
    assert precision_recall(real, fake, k=1) == (0.5, 0.0)


def test_a_collapsed_forger_has_precision_and_no_recall():
    real = features(200, 2)
    fake = real[:1] + 1e-6 * features(100, 3)
    assert precision_recall(real, fake) == (1.0, 0.005)


def test_copies_cover_everything_and_equal_rows_are_at_distance_0_exactly():
    real = 1000 + features(100, 4)
    assert precision_recall(real, real.clone(), k=1) == (1.0, 1.0)
    fourfold = real[:25].repeat(4, 1)
    assert precision_recall(real, fourfold, k=3) == (1.0, 0.25)  # balls of radius 0 hold their own centre


@pytest.mark.parametrize("k", [0, 5])
def test_k_must_leave_a_neighbour(k):
    with pytest.raises(ValueError, match="below 5, the smaller set"):
        precision_recall(features(9, 0), features(5, 1), k)
