"""KID against torchmetrics and numpy, and the law that makes it worth having: no bias."""

import numpy as np
import pytest
import torch

from coursekit.metrics.kernel import kid, kid_in_blocks


def features(n: int, seed: int, d: int = 6) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_kid_agrees_with_torchmetrics():
    from torchmetrics.image.kid import poly_mmd

    x, y = features(50, 0), 0.5 + features(50, 1)
    assert kid(x, y) == pytest.approx(poly_mmd(x, y).item(), rel=1e-9)


def test_kid_is_the_sum_over_pairs_of_different_rows_also_for_sets_of_different_size():
    x, y = features(7, 2).numpy(), features(4, 3).numpy()

    def k(a, b):
        return (a @ b / len(a) + 1) ** 3

    within = [np.mean([k(a[i], a[j]) for i in range(len(a)) for j in range(len(a)) if i != j]) for a in (x, y)]
    across = np.mean([k(a, b) for a in x for b in y])
    assert kid(torch.tensor(x), torch.tensor(y)) == pytest.approx(sum(within) - 2 * across, rel=1e-10)


def test_the_mean_over_many_small_sets_of_one_source_is_0_where_the_biased_estimate_is_not():
    values = torch.tensor([kid(features(10, 2 * i), features(10, 2 * i + 1)) for i in range(400)])
    error = values.std() / 20
    assert values.mean().abs() < 3 * error and values.min() < 0 < values.max()
    diagonal = (features(4000, 9).square().sum(1) / 6 + 1).pow(3).mean() * 2 / 10  # what the n rows with themselves add
    assert diagonal > 30 * error


def test_a_shift_is_seen_and_features_may_be_float32():
    x, y = features(300, 4), features(300, 5)
    assert kid(x, y + 1) > 100 * abs(kid(x, y))
    assert kid(x.float(), y.float()) == pytest.approx(kid(x.float().double(), y.float().double()), rel=1e-9)


def test_blocks_are_disjoint_and_their_spread_gives_the_standard_error():
    x, y = features(35, 6), features(33, 7)
    values = [kid(x[i : i + 10], y[i : i + 10]) for i in (0, 10, 20)]
    mean, error = kid_in_blocks(x, y, size=10)
    assert mean == pytest.approx(np.mean(values)) and error == pytest.approx(np.std(values, ddof=1) / 3**0.5)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="at least 2"):
        kid(features(1, 0), features(5, 1))
    with pytest.raises(ValueError, match=r"\(n, d\) and \(m, d\)"):
        kid(features(5, 0, d=3), features(5, 1, d=4))
    with pytest.raises(ValueError, match="make 1 blocks of 20"):
        kid_in_blocks(features(35, 0), features(35, 1), size=20)
