"""Parzen windows against scikit-learn, the closed form of one Gaussian, and laws."""

import math

import numpy as np
import pytest
import torch
from sklearn.neighbors import KernelDensity

from coursekit.metrics import parzen
from coursekit.metrics.parzen import choose_sigma, mean_and_error, parzen_log_likelihood, squared_distances


def points(seed: int, n: int, d: int, dtype=torch.float64) -> torch.Tensor:
    return torch.rand(n, d, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def sklearn_scores(samples, x, sigma):
    return (
        KernelDensity(bandwidth=sigma, atol=0, rtol=0).fit(samples.double().numpy()).score_samples(x.double().numpy())
    )


@pytest.mark.parametrize("sigma", [0.05, 0.3, 2.0])
def test_the_log_density_equals_scikit_learns(sigma):
    samples, x = points(0, 40, 5), points(1, 30, 5)
    assert np.allclose(parzen_log_likelihood(samples, x, sigma), sklearn_scores(samples, x, sigma), atol=1e-9)


def test_one_sample_is_one_gaussian():
    mean, x, sigma = points(2, 1, 3), points(3, 7, 3), 0.4
    one = torch.distributions.MultivariateNormal(mean[0], sigma**2 * torch.eye(3, dtype=torch.float64))
    assert torch.allclose(parzen_log_likelihood(mean, x, sigma), one.log_prob(x), atol=1e-12)


def test_images_in_float32_are_within_a_hundredth_of_a_nat_and_chunks_change_nothing(monkeypatch):
    samples, x = points(4, 50, 784, torch.float32), points(5, 23, 784, torch.float32)
    expected = sklearn_scores(samples, x, 0.1)
    whole = parzen_log_likelihood(samples.view(50, 1, 28, 28), x.view(23, 1, 28, 28), 0.1)
    assert whole.dtype == torch.float64 and np.allclose(whole, expected, atol=0.01)
    monkeypatch.setattr(parzen, "CHUNK", 5)
    assert np.allclose(parzen_log_likelihood(samples, x, 0.1), expected, atol=0.01)


def test_squared_distances_are_exact_far_from_the_origin_and_never_negative():
    samples, x = 1000 + points(6, 20, 4, torch.float32), 1000 + points(7, 9, 4, torch.float32)
    expected = torch.cdist(x.double(), samples.double(), compute_mode="donot_use_mm_for_euclid_dist").square()
    assert torch.allclose(squared_distances(samples, x).double(), expected, atol=1e-5)
    assert squared_distances(samples, samples).min() >= 0


def test_far_from_every_sample_the_log_density_is_low_and_finite():
    assert parzen_log_likelihood(torch.zeros(3, 2), torch.full((1, 2), 100.0), 0.1).item() == pytest.approx(
        -1e6 - 2 * math.log(0.1 * math.sqrt(2 * math.pi)), rel=1e-6
    )


def test_sigma_is_the_best_of_those_offered_and_the_curve_is_the_mean_log_density(monkeypatch):
    monkeypatch.setattr(parzen, "CHUNK", 7)
    generator = torch.Generator().manual_seed(8)
    samples, validation = torch.randn(2, 60, 2, generator=generator, dtype=torch.float64)
    sigma, curve = choose_sigma(samples, validation, (0.05, 0.2, 0.5, 1.5))
    expected = [sklearn_scores(samples, validation, s).mean() for s, _ in curve]
    assert [s for s, _ in curve] == [0.05, 0.2, 0.5, 1.5]
    assert np.allclose([nats for _, nats in curve], expected, atol=1e-9)
    assert sigma == curve[int(np.argmax(expected))][0] == 0.5


def test_the_sigmas_of_the_protocol_are_ten_from_a_tenth_to_one():
    assert np.allclose(parzen.SIGMAS, np.logspace(-1, 0, 10))


def test_mean_and_error_are_numpys():
    values = points(9, 50, 1)[:, 0]
    mean, error = mean_and_error(values)
    assert mean == pytest.approx(values.numpy().mean())
    assert error == pytest.approx(values.numpy().std(ddof=1) / math.sqrt(50))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="3 numbers each and x has 4"):
        parzen_log_likelihood(torch.zeros(2, 3), torch.zeros(2, 4), 0.1)
    with pytest.raises(ValueError, match="sigma is 0"):
        parzen_log_likelihood(torch.zeros(2, 3), torch.zeros(2, 3), 0)
    with pytest.raises(ValueError, match="no samples"):
        squared_distances(torch.zeros(0, 3), torch.zeros(2, 3))
    with pytest.raises(ValueError, match="no x"):
        choose_sigma(torch.zeros(2, 3), torch.zeros(0, 3))
    with pytest.raises(ValueError, match="got 1 log-likelihoods"):
        mean_and_error(torch.zeros(1))
