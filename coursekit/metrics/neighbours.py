"""The nearest training image of a sample: worth looking at, and a poor judge (Theis et al. 2016)."""

import torch
from torch import Tensor

from coursekit.metrics.parzen import CHUNK, squared_distances


def nearest_neighbour(samples: Tensor, train: Tensor) -> tuple[Tensor, Tensor]:
    """For each of samples (n, ...) the index (n,) of its nearest in train (m, ...), and their Euclidean distance (n,).

    Both are flattened; the distance is in the units of a pixel. A copy of a training image is at 0, exactly.
    """
    index = torch.cat([squared_distances(train, part).argmin(1) for part in samples.split(CHUNK)])
    # Distances by the expansion |a|^2 + |b|^2 - 2ab leave a copy at 1e-3 instead of 0: once more, for the nearest only.
    distance = torch.linalg.vector_norm((samples - train[index].to(samples)).flatten(1), dim=1)
    return index, distance
