"""The closed forms of coursekit.theory against scipy, quadrature and random search."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from scipy.spatial.distance import jensenshannon

from coursekit import theory

X = torch.linspace(-12, 12, 4801, dtype=torch.float64)
DX = float(X[1] - X[0])
P, Q = theory.normal_pdf(X, 0, 1), theory.normal_pdf(X, 1.5, 0.7)


def random_distribution(seed, n=7, zeros=0):
    weights = torch.rand(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    weights[:zeros] = 0
    return weights / weights.sum()


def test_kl_and_cross_entropy_equal_scipy_and_differ_by_the_entropy():
    p, q = random_distribution(0), random_distribution(1)
    assert float(theory.kl_divergence(p, q)) == pytest.approx(stats.entropy(p, q), abs=1e-12)
    entropy = stats.entropy(p)
    assert float(theory.cross_entropy(p, q)) == pytest.approx(stats.entropy(p, q) + entropy, abs=1e-12)


def test_kl_takes_0_log_0_as_0_and_is_infinite_where_q_misses_p():
    p, q = random_distribution(0, zeros=3), random_distribution(1)
    assert float(theory.kl_divergence(p, q)) == pytest.approx(stats.entropy(p, q), abs=1e-12)
    assert theory.kl_divergence(q, p) == math.inf
    assert theory.cross_entropy(q, p) == math.inf


@pytest.mark.parametrize("zeros", [0, 3])
def test_js_is_the_square_of_scipys_distance(zeros):
    p, q = random_distribution(2, zeros=zeros), random_distribution(3)
    assert float(theory.js_divergence(p, q)) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)
    assert float(theory.js_divergence(q, p)) == pytest.approx(float(theory.js_divergence(p, q)), abs=1e-15)


def test_js_is_0_for_equals_and_log_2_for_strangers():
    p = random_distribution(4)
    left, right = torch.tensor([0.5, 0.5, 0, 0]), torch.tensor([0, 0, 0.1, 0.9])
    assert float(theory.js_divergence(p, p)) == pytest.approx(0, abs=1e-15)
    assert float(theory.js_divergence(left, right)) == pytest.approx(math.log(2), abs=1e-6)


def test_js_is_finite_where_a_density_dies_out_of_float64():
    x = torch.linspace(-16, 20, 1801, dtype=torch.float64)
    p, q = theory.normal_pdf(x, 0, 0.3), theory.normal_pdf(x, 4, 0.3)
    assert ((p > 0) & (p < 1e-308)).any(), "no subnormal number: this grid does not test what it should"
    assert float(theory.js_divergence(p * 0.02, q * 0.02)) == pytest.approx(math.log(2), abs=1e-6)


def test_js_of_densities_equals_quadrature():
    p, q = stats.norm(0, 1).pdf, stats.norm(1.5, 0.7).pdf

    def integrand(x):
        middle = (p(x) + q(x)) / 2
        return (p(x) * np.log(p(x) / middle) + q(x) * np.log(q(x) / middle)) / 2

    expected, _ = integrate.quad(integrand, -10, 10, epsabs=1e-12)
    assert float(theory.js_divergence(P * DX, Q * DX)) == pytest.approx(expected, abs=1e-9)
    assert expected == pytest.approx(0.2878, abs=5e-5)


def test_optimal_discriminator_is_one_half_where_both_are_zero():
    d = theory.optimal_discriminator(torch.tensor([0.3, 0.0, 0.2, 0.0]), torch.tensor([0.1, 0.4, 0.0, 0.0]))
    assert torch.allclose(d, torch.tensor([0.75, 0.0, 1.0, 0.5]))


def test_optimal_discriminator_has_a_finite_gradient_where_both_are_zero():
    p_g = torch.tensor([0.4, 0.0], requires_grad=True)
    theory.optimal_discriminator(torch.tensor([0.6, 0.0]), p_g).sum().backward()
    assert torch.allclose(p_g.grad, torch.tensor([-0.6, 0.0]))


def test_no_discriminator_found_by_random_search_beats_the_optimal_one():
    best = theory.virtual_training_criterion(P, Q, DX)
    logit = torch.logit(theory.optimal_discriminator(P, Q).clamp(1e-12, 1 - 1e-12))
    generator = torch.Generator().manual_seed(5)
    for size in (0.01, 0.1, 1.0, 10.0):
        for _ in range(50):
            bump = torch.randn(3, generator=generator, dtype=torch.float64)
            rival = torch.sigmoid(logit + size * bump[0] * torch.sin(bump[1] * X + bump[2]))
            assert theory.value_function(rival, P, Q, DX) <= best + 1e-12


def test_value_function_equals_quadrature_of_equation_1():
    def integrand(x):
        d = stats.norm.cdf(x)
        return stats.norm(0, 1).pdf(x) * np.log(d) + stats.norm(1.5, 0.7).pdf(x) * np.log(1 - d)

    expected, _ = integrate.quad(integrand, -8, 8, epsabs=1e-12)
    d = torch.from_numpy(stats.norm.cdf(X.numpy()))
    assert float(theory.value_function(d, P, Q, DX)) == pytest.approx(expected, abs=1e-8)


def test_a_coin_is_worth_minus_log_4_against_any_generator():
    coin = torch.full_like(X, 0.5)
    assert float(theory.value_function(coin, P, Q, DX)) == pytest.approx(-math.log(4), abs=1e-9)


def test_value_function_stays_finite_where_d_rounds_to_0_or_1():
    d = torch.tensor([1.0, 0.0], dtype=torch.float64)
    p = torch.tensor([1.0, 0.0], dtype=torch.float64)
    assert theory.value_function(d, p, 1 - p, 1.0) == 0
    assert theory.value_function(1 - d, p, 1 - p, 1.0) == -200


@pytest.mark.parametrize("mean, sd", [(0, 1), (1.5, 0.7), (-3, 2), (8, 1)])
def test_virtual_criterion_is_minus_log_4_plus_twice_the_js_divergence(mean, sd):
    x = torch.linspace(-30, 30, 12001, dtype=torch.float64)
    dx = float(x[1] - x[0])
    p, q = theory.normal_pdf(x), theory.normal_pdf(x, mean, sd)
    jsd = jensenshannon((p * dx).numpy(), (q * dx).numpy()) ** 2
    assert float(theory.virtual_training_criterion(p, q, dx)) == pytest.approx(-math.log(4) + 2 * jsd, abs=1e-9)


@pytest.mark.parametrize("alpha, beta", [(1.0, 0.0), (0.9, 0.0), (0.9, 0.1)])
def test_smoothed_optimum_beats_every_constant_at_every_point(alpha, beta):
    a, b = torch.tensor([0.3, 0.01, 0.5]), torch.tensor([0.1, 0.6, 0.5])
    y = torch.linspace(0.0005, 0.9995, 1999)[:, None]
    objective = a * (alpha * y.log() + (1 - alpha) * (1 - y).log()) + b * (beta * y.log() + (1 - beta) * (1 - y).log())
    best = y[objective.argmax(dim=0), 0]
    assert torch.allclose(theory.smoothed_optimal_discriminator(a, b, alpha, beta), best, atol=1e-3)


def test_smoothing_with_labels_1_and_0_changes_nothing():
    p, q = torch.tensor([0.3, 0.0]), torch.tensor([0.2, 0.0])
    assert torch.equal(theory.smoothed_optimal_discriminator(p, q, 1, 0), theory.optimal_discriminator(p, q))


def test_jsd_from_scores_of_the_optimal_discriminator_is_the_js_divergence():
    p, q = stats.norm(0, 1), stats.norm(1.5, 0.7)
    n = 400_000
    real, fake = p.rvs(n, random_state=0), q.rvs(n, random_state=1)
    score = [torch.from_numpy(p.logpdf(x) - q.logpdf(x)) for x in (real, fake)]
    standard_error = math.hypot(*(float(torch.nn.functional.softplus(s).std()) for s in score)) / math.sqrt(n) / 2
    jsd = float(theory.js_divergence(P * DX, Q * DX))
    assert float(theory.jsd_from_discriminator(*score)) == pytest.approx(jsd, abs=4 * standard_error)
    for worse in (lambda s: 3 * s, lambda s: s + 1, lambda s: 0 * s):
        assert theory.jsd_from_discriminator(*map(worse, score)) < jsd - 0.01


def test_jsd_from_scores_is_0_for_a_coin_log_2_for_a_sure_judge_and_finite_for_a_wrong_one():
    scores = torch.full((10,), 1000.0)
    assert float(theory.jsd_from_discriminator(0 * scores, 0 * scores)) == pytest.approx(0, abs=1e-6)
    assert float(theory.jsd_from_discriminator(scores, -scores)) == pytest.approx(math.log(2), abs=1e-6)
    assert float(theory.jsd_from_discriminator(-scores, scores)) == pytest.approx(math.log(2) - 1000, abs=1e-2)


def test_pdfs_equal_scipy():
    assert torch.allclose(Q, torch.from_numpy(stats.norm(1.5, 0.7).pdf(X.numpy())), atol=1e-14)
    mixture = theory.mixture_pdf(X, [-2, 1], [0.5, 1], [0.25, 0.75])
    expected = 0.25 * stats.norm(-2, 0.5).pdf(X.numpy()) + 0.75 * stats.norm(1, 1).pdf(X.numpy())
    assert torch.allclose(mixture, torch.from_numpy(expected), atol=1e-14)


def test_kl_gaussians_equals_the_divergence_of_the_sampled_densities():
    assert theory.kl_gaussians(1.5, 0.7, 0, 1) == pytest.approx(float(theory.kl_divergence(Q * DX, P * DX)), abs=1e-9)
    assert theory.kl_gaussians(0.3, 2.0, 0.3, 2.0) == 0


def test_bad_input_is_named():
    three, four = torch.ones(3) / 3, torch.ones(4) / 4
    for function in (theory.kl_divergence, theory.cross_entropy, theory.optimal_discriminator):
        with pytest.raises(ValueError, match=r"\(3,\) and \(4,\)"):
            function(three, four)
    with pytest.raises(ValueError, match="deviation"):
        theory.normal_pdf(X, 0, 0)
    with pytest.raises(ValueError, match="deviations"):
        theory.kl_gaussians(0, 1, 0, -1)
    with pytest.raises(ValueError, match="sum to 1"):
        theory.mixture_pdf(X, [0, 1], [1, 1], [0.5, 0.6])
    with pytest.raises(ValueError, match="at least 0"):
        theory.mixture_pdf(X, [0, 1], [1, 1], [1.5, -0.5])
    with pytest.raises(ValueError, match="2 means, 1 sds"):
        theory.mixture_pdf(X, [0, 1], [1], [0.5, 0.5])
    with pytest.raises(ValueError, match="0 real"):
        theory.jsd_from_discriminator(torch.empty(0), torch.zeros(2))
