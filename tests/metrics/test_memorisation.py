"""The rank test for copies against scipy's Mann-Whitney statistic."""

import pytest
import torch
from scipy.spatial import cKDTree
from scipy.stats import mannwhitneyu

from coursekit.metrics.memorisation import memorised


def draw(n: int, seed: int, d: int = 3) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("stretch", [0.5, 1.0, 2.0])
def test_the_share_of_pairs_is_scipys_statistic_over_their_number(stretch):
    train, heldout, samples = draw(80, 0), draw(30, 1), stretch * draw(40, 2)
    samples[:10] = train[:10]  # some copies
    heldout[:3] = train[20:23]  # ties at distance 0
    tree = cKDTree(train.numpy())
    ours, theirs = (tree.query(x.numpy())[0] for x in (samples, heldout))
    expected = mannwhitneyu(theirs, ours).statistic / (30 * 40)
    assert memorised(samples, train, heldout) == pytest.approx(expected, abs=1e-12)


def test_copies_score_1_fresh_samples_one_half_and_samples_far_off_0():
    train, heldout = draw(2000, 3), draw(1000, 4)
    assert memorised(train[:500], train, heldout) == 1
    assert memorised(draw(1000, 5), train, heldout) == pytest.approx(0.5, abs=0.04)
    assert memorised(100 + draw(50, 6), train, heldout) == 0


def test_images_are_flattened_and_equal_distances_count_one_half():
    images = draw(12, 7, d=16).reshape(12, 1, 4, 4)
    assert memorised(images[:4], images, images[4:9]) == 0.5
