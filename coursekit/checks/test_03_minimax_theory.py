"""Checks of lesson 03: the closed forms of the minimax game, on worked examples, edge cases and random densities."""

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from coursekit import theory
from coursekit.checks.inputs import distribution, numbers, rand, tiny
from coursekit.checks.judging import anything, exercise, expect, expect_error, explain, not_finite

HIDDEN = ["coursekit.theory", "coursekit.widgets"]  # they hold the answers: no submission may import them
LOG_2, LOG_4 = math.log(2), math.log(4)
BITS = "That is the value in bits: take natural logarithms."
ZERO_LOG_ZERO = "0 * log(0) is nan for the machine, and 0 here: `torch.xlogy(a, b)` is a * log(b) with that rule."
MEAN_FOR_SUM = "You took the mean over the entries where the formula has a sum."
NO_DX = "A height is not yet an area: each point of the grid stands for a cell of width dx."
EMPTY = "Where both densities are zero, 0 / 0 is nan: answer 1/2 there."
EMPTY_IS_HALF = "Where both densities are zero the answer is 1/2; a small number in the denominator makes it 0."
TINY = (
    "Small densities have a ratio like any other. Is a small number added to the denominator, or a density cut off, or "
    "float64 turned into float32?"
)


@exercise(points=2, stand_in=theory.optimal_discriminator)
def test_optimal_discriminator(student):
    name = "optimal_discriminator"

    def compare(p, q, hints):
        expect(student, name, theory.optimal_discriminator(p, q), hints, p_data=p, p_g=q)

    p, q = numbers(0.2, 0.6, 0.4), numbers(0.1, 0.1, 0.8)
    hints = {
        "That is the share of the fakes: p_data belongs on top.": q / (p + q),
        "That is the ratio of the two densities. The share of real is p_data among p_data + p_g.": p / q,
        "That is twice D*: divide by the sum of the densities, not by their mean.": 2 * p / (p + q),
        "That is a verdict, real or fake. D* says how likely: between 0 and 1.": (p > q).double(),
        "That is the score, log p_data - log p_g: D* is its sigmoid.": p.log() - q.log(),
    }
    compare(p, q, hints)
    compare(numbers(0.3, 0, 0.5, 0), numbers(0, 0.4, 0.5, 0), {EMPTY: not_finite, EMPTY_IS_HALF: anything})
    p = tiny(50)
    compare(p, p[torch.randperm(50)] * rand(50), {TINY: anything})
    rows = "Each point is judged by itself, and any shape may come: no mean, sum or largest value over others."
    compare(*rand(2, 20, 5), {rows: anything})


@exercise(points=2, stand_in=theory.js_divergence)
def test_js_divergence(student):
    def compare(p, q, hints):
        expect(student, "js_divergence", theory.js_divergence(p, q), hints, p=p, q=q)

    p, q = numbers(0.5, 0.3, 0.2), numbers(0.1, 0.6, 0.3)
    forward, backward, jsd = theory.kl_divergence(p, q), theory.kl_divergence(q, p), theory.js_divergence(p, q)
    to_mean = theory.kl_divergence(p, (p + q) / 2)
    hints = {
        BITS: jsd / LOG_2,
        "That is twice the value: JSD is the mean of the two divergences, not their sum.": 2 * jsd,
        "That is KL(p || q): both distributions are compared with their mean m, not with each other.": forward,
        "That is KL(q || p): both distributions are compared with their mean m, not with each other.": backward,
        "That is the mean of KL(p || q) and KL(q || p): compare each with m instead.": (forward + backward) / 2,
        "That is one half of it, KL(p || m): the other one, KL(q || m), is missing.": to_mean,
        "That is KL(p || m) / 2: the other half, KL(q || m) / 2, is missing.": to_mean / 2,
        "log 2 is missing: m is the mean of p and q, not their sum.": jsd - LOG_2,
        "That is the square root, a distance: the divergence itself is asked for.": jsd.sqrt(),
        MEAN_FOR_SUM: jsd / 3,
    }
    compare(p, q, hints)
    epsilon = (
        "With zeros among the probabilities it is off by little: a small number was added inside a logarithm, or zeros "
        "were moved. `torch.xlogy` needs neither."
    )
    compare(numbers(1, 0, 0), numbers(0, 0.5, 0.5), {ZERO_LOG_ZERO: not_finite, epsilon: is_close_to(LOG_2)})
    for n in (7, 300):
        p, q = distribution(n), distribution(n)
        jsd = theory.js_divergence(p, q)
        compare(p, q, {ZERO_LOG_ZERO: not_finite, MEAN_FOR_SUM: jsd / n, epsilon: is_close_to(jsd.item())})


def is_close_to(number: float):
    """A question for `looks_like`: is the answer wrong by less than 1e-2?"""
    return lambda value: value.dim() == 0 and abs(value.item() - number) < 1e-2


@exercise(points=2, stand_in=theory.value_function)
def test_value_function(student):
    def compare(d, p, q, dx, hints):
        expect(student, "value_function", theory.value_function(d, p, q, dx), hints, d=d, p_data=p, p_g=q, dx=dx)

    d, p, q, dx = numbers(0.9, 0.7, 0.2), numbers(0.8, 1.0, 0.2), numbers(0.2, 0.4, 1.4), 0.5
    v, real = theory.value_function(d, p, q, dx), (p * d.log() * dx).sum()
    hints = {
        BITS: v / LOG_2,
        "That is the value in powers of ten: take natural logarithms.": v / math.log(10),
        NO_DX: v / dx,
        "That is the mean over the grid, not the integral: sum height times width.": v / dx / 3,
        "Height times width, then the sum: a mean over the grid is not the integral.": v / 3,
        "The densities have changed places: p_data goes with log d.": theory.value_function(d, q, p, dx),
        "Half of it is missing: fakes earn log(1 - d), weighted with p_g.": real,
        "Both kinds earn log d in yours: for a fake it is log(1 - d).": real + (q * d.log() * dx).sum(),
        "Each point counts once in yours: weight it with the densities.": ((d.log() + (1 - d).log()) * dx).sum(),
    }
    compare(d, p, q, dx, hints)
    sure = "A detective that is sure and right earns 0: log(0) = -inf, times a density of 0, is nan. Stop log at -100."
    compare(numbers(1, 0), numbers(2, 0), numbers(0, 2), 0.5, {sure: not_finite})
    stop = (
        "Both logarithms stop at -100: log(0) counts as -100. Adding a small number to d, or clamping d, is not that."
    )
    compare(numbers(1, 0, 0.5), numbers(0, 0.5, 0.5), numbers(0.5, 0, 0.5), 1.0, {stop: anything})
    compare(10 ** (-40 * rand(20)), *rand(2, 20), 0.1, {stop: anything})
    for n, dx in ((50, 0.02), (11, 3.0)):
        d, p, q = rand(3, n)
        v = theory.value_function(d, p, q, dx)
        compare(d, p, q, dx, {NO_DX: v / dx, MEAN_FOR_SUM: v / n})
    why = "(n, 1) times (n,) is an n x n table, and its sum means nothing: compare the shapes before you multiply."
    d, p, q = rand(3, 4)
    expect_error(student, "value_function", "ValueError", why, d=d[:, None], p_data=p, p_g=q, dx=0.25)


@exercise(points=2, stand_in=theory.virtual_training_criterion)
def test_virtual_training_criterion(student):
    def compare(p, q, dx, hints):
        wanted = 2 * theory.js_divergence(p * dx, q * dx) - LOG_4  # Theorem 1; the areas are 1
        expect(student, "virtual_training_criterion", wanted, hints, p_data=p, p_g=q, dx=dx)

    p, q, dx = numbers(1.0, 0.6, 0.4), numbers(0.2, 1.2, 0.6), 0.5
    jsd = theory.js_divergence(p * dx, q * dx)
    c = 2 * jsd - LOG_4
    hints = {
        BITS: c / LOG_2,
        NO_DX: c / dx,
        "That is without the spacing of the grid: p_data * dx are probabilities, p_data is not.": 2 * jsd / dx - LOG_4,
        "-log 4 is missing: that is 2 JSD alone.": 2 * jsd,
        "-log 4 is missing, and JSD counts twice: that is JSD alone.": jsd,
        "JSD counts twice: C(G) = -log 4 + 2 JSD.": jsd - LOG_4,
        "The sign of log 4 is wrong: a perfect copy is worth -log 4.": 2 * jsd + LOG_4,
        "The constant is -log 4 = -2 log 2, once log 2 for each of the two terms.": 2 * jsd - LOG_2,
        "That is what the coin earns, D = 1/2: the best detective is D*.": torch.tensor(-LOG_4),
        "That is V for the share of the fakes: D* has p_data on top.": swapped_value(p, q, dx),
        "That is one of the two terms: the fakes' log(1 - D*) is missing.": torch.xlogy(p, p / (p + q)).sum() * dx,
        MEAN_FOR_SUM: c / 3,
    }
    compare(p, q, dx, hints)
    compare(p, p.clone(), dx, {"A perfect copy leaves -log 4, whatever the densities.": anything})
    apart = numbers(1, 1, 0, 0), numbers(0, 0, 1, 1)
    never = "Densities that never meet: C(G) is 0. " + ZERO_LOG_ZERO
    compare(*apart, 0.5, {never: not_finite, "Densities that never meet are always told apart: C(G) is 0.": anything})
    for n, dx in ((7, 2.0), (300, 0.01)):
        p, q = distribution(n) / dx, distribution(n) / dx
        hints = {ZERO_LOG_ZERO: not_finite, NO_DX: (2 * theory.js_divergence(p * dx, q * dx) - LOG_4) / dx}
        compare(p, q, dx, hints)


def swapped_value(p: Tensor, q: Tensor, dx: float) -> Tensor:
    """V of the detective that takes fakes for real, 1 - D*."""
    return theory.value_function(theory.optimal_discriminator(q, p), p, q, dx)


@exercise(points=3, stand_in=theory.jsd_from_discriminator)
def test_jsd_from_discriminator(student):
    def compare(real, fake, hints):
        wanted = theory.jsd_from_discriminator(real, fake)
        expect(student, "jsd_from_discriminator", wanted, hints, scores_real=real, scores_fake=fake)

    real, fake = numbers(1.5, 0.5, 2.0, -0.3), numbers(-1.0, 0.4, -2.0, -0.2)
    estimate = theory.jsd_from_discriminator(real, fake)
    v = 2 * estimate - LOG_4
    total = logsigmoid(real).sum() + logsigmoid(-fake).sum()
    hints = {
        BITS: estimate / LOG_2,
        "That is V: JSD is (V + log 4) / 2.": v,
        "That is V / 2: log 4 is missing.": v / 2,
        "That is V + log 4, twice the divergence.": 2 * estimate,
        "The mean of V and log 4 is not V + log 4 over 2: put the sum in brackets.": v + LOG_2,
        "You summed over the samples where the formula has means.": (total + LOG_4) / 2,
        "V is a sum of two means, over real and over fake: one mean over both halves it.": (v / 2 + LOG_4) / 2,
        "Real and fake have changed places.": theory.jsd_from_discriminator(fake, real),
        "The fakes count with log(1 - sigmoid(s)), in yours with log sigmoid(s).": half(
            logsigmoid(real), logsigmoid(fake)
        ),
        "The signs of the scores are turned round: D = sigmoid(s).": half(logsigmoid(-real), logsigmoid(fake)),
        "A sigmoid was taken twice: the scores are raw, log sigmoid(s) is all.": sigmoid_twice(real, fake),
        "Scores are no probabilities: log(s) has no meaning. D = sigmoid(s).": not_finite,
    }
    compare(real, fake, hints)
    below = "The estimate of a detective that is mostly wrong is below 0: do not cut it off there."
    compare(-3 * rand(8), 3 * rand(8), {below: anything})
    rounded = (
        "The sigmoid of -1000 is 0, and that of 1000 is 1, in floating point: use `logsigmoid`, never log(sigmoid(s))."
    )
    clamped = (
        "Large scores count in full. A clamp, or a small number inside the logarithm, is in the way: use `logsigmoid`."
    )
    compare(numbers(-1000, 30, 1000), numbers(50, -1000, 200), {rounded: not_finite, clamped: anything})
    batches = "The two batches may differ in length: take the mean of each before you add."
    real, fake = 3 * rand(40) - 1, 3 * rand(25) - 2
    with explain(batches):
        compare(real, fake, {batches: anything})
        compare(real[:, None], fake, {"Scores may have the shape (n, 1): the mean is over all entries.": anything})


def half(log_d: Tensor, log_not_d: Tensor) -> Tensor:
    return (log_d.mean() + log_not_d.mean() + LOG_4) / 2


def sigmoid_twice(real: Tensor, fake: Tensor) -> Tensor:
    return half(-softplus(-torch.sigmoid(real)), -softplus(torch.sigmoid(fake)))


@exercise(points=3, stand_in=theory.smoothed_optimal_discriminator)
def test_smoothed_optimal_discriminator(student):
    name = "smoothed_optimal_discriminator"

    def compare(p, q, alpha, beta, hints):
        wanted = theory.smoothed_optimal_discriminator(p, q, alpha, beta)
        expect(student, name, wanted, hints, p_data=p, p_g=q, alpha=alpha, beta=beta)

    p, q, alpha, beta = numbers(0.2, 0.6, 0.4), numbers(0.1, 0.1, 0.8), 0.9, 0.2
    d, mixed = p / (p + q), alpha * p + beta * q
    hints = {
        "Labels: alpha is that of the real samples, beta that of the fakes.": (beta * p + alpha * q) / (p + q),
        "The labels do not belong into the denominator: it is p_data + p_g.": alpha * p / (alpha * p + beta * q),
        "That is D* times alpha: the fakes with label beta are missing.": alpha * d,
        "That is D*, with labels 1 and 0.": d,
        "beta is added everywhere: it counts for the share of the fakes only.": alpha * d + beta,
        "The fakes have the label beta, in yours 1 - beta.": (alpha * p + (1 - beta) * q) / (p + q),
        "The numerator alone is no probability: divide by p_data + p_g.": mixed,
        "That is 1 - D: the numerator holds what multiplies log y.": 1 - mixed / (p + q),
    }
    compare(p, q, alpha, beta, hints)
    mixed_labels = "With labels 1 and 0 it is D*: p_data / (p_data + p_g)."
    compare(p, q, 1.0, 0.0, {mixed_labels: anything})
    empty = numbers(0.3, 0, 0.5, 0), numbers(0, 0.4, 0.5, 0)
    compare(*empty, 0.8, 0.1, {EMPTY: not_finite, "Where both densities are zero the answer is 1/2.": anything})
    p = tiny(50)
    compare(p, p.flip(0), 0.7, 0.3, {TINY: anything})
    p, q = rand(2, 20, 5)
    alpha, beta = rand(2).tolist()
    compare(p, q, alpha, beta, {"The labels are arguments, any numbers in [0, 1].": anything})
