"""Nearest neighbours against scikit-learn's."""

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors

from coursekit.metrics import neighbours
from coursekit.metrics.neighbours import nearest_neighbour


def images(seed: int, n: int) -> torch.Tensor:
    return torch.rand(n, 1, 6, 6, generator=torch.Generator().manual_seed(seed))


def test_index_and_distance_equal_scikit_learns_across_chunks(monkeypatch):
    monkeypatch.setattr(neighbours, "CHUNK", 7)
    samples, train = images(0, 30), images(1, 200)
    index, distance = nearest_neighbour(samples, train)
    expected = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(train.flatten(1).double().numpy())
    distances, indices = expected.kneighbors(samples.flatten(1).double().numpy())
    assert np.array_equal(index, indices[:, 0]) and np.allclose(distance, distances[:, 0], atol=1e-6)


def test_a_copy_is_found_at_distance_0_exactly():
    train = 100 + images(2, 50)
    index, distance = nearest_neighbour(train[[31, 7]], train)
    assert index.tolist() == [31, 7] and distance.tolist() == [0, 0]
