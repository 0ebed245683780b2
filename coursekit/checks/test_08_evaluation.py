"""Checks of lesson 08: four figures by which generators are compared, and the test for copies."""

import torch
from torch import Tensor

from coursekit.checks import evaluation_mistakes as mistakes
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect, explain
from coursekit.metrics.frechet import frechet_distance
from coursekit.metrics.inception import inception_score
from coursekit.metrics.kernel import kid
from coursekit.metrics.memorisation import memorised
from coursekit.metrics.precision_recall import precision_recall

HIDDEN = [  # they hold the answers
    "coursekit.metrics.frechet",
    "coursekit.metrics.inception",
    "coursekit.metrics.kernel",
    "coursekit.metrics.precision_recall",
    "coursekit.metrics.memorisation",
    "coursekit.plots.evaluation",
]


def cloud(n: int, seed: int) -> Tensor:
    """Points (n, 2), the same in every run: a set on which all plausible mistakes give different values."""
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def covariance(d: int) -> Tensor:
    """A random covariance (d, d) far from singular."""
    a = torch.randn(d, d, dtype=torch.float64)
    return a @ a.T / d + torch.diag(0.2 + rand(d))


@exercise(points=3, stand_in=frechet_distance)
def test_frechet_distance(student):
    def compare(mu0, cov0, mu1, cov1, more):
        arguments = {"mu0": mu0, "cov0": cov0, "mu1": mu1, "cov1": cov1}
        hints = mistakes.frechet_mistakes(**arguments) | more
        expect(student, "frechet_distance", frechet_distance(**arguments), hints, **arguments)

    def turned(a: float, b: float, c: float) -> Tensor:
        return numbers(a, b, b, c).reshape(2, 2)

    compare(numbers(1, 2), turned(3, 1, 2), numbers(3, -1), turned(2, 0.5, 5), {})
    compare(numbers(0, 0, 1), covariance(3), numbers(2, 1, 1), covariance(3), {})
    compare(numbers(1, 1), turned(2, -1, 4), numbers(1, 1), turned(3, 1, 1), {})
    one = "d may be 1: covariances (1, 1)."
    with explain(one):
        compare(numbers(1), numbers(4).reshape(1, 1), numbers(3), numbers(9).reshape(1, 1), {one: anything})
    flat = "A covariance may have eigenvalues 0: no inverse, no logarithm, no Cholesky root."
    with explain(flat):
        line = numbers(0, 1, 4).diag()
        compare(numbers(0, 1, 2), line, numbers(3, 1, 0), numbers(9, 0, 25).diag(), {flat: anything})
        zero = torch.zeros(3, 3, dtype=torch.float64)
        compare(numbers(0, 1, 2), zero, numbers(3, 1, 0), line, {flat: anything})
    any_d = "Any number of features may come."
    for d in (2, 5, 8):
        mu0, mu1 = rand(d), 1 + rand(d)
        compare(mu0, covariance(d), mu1, covariance(d), {any_d: anything})


@exercise(points=2, stand_in=inception_score)
def test_inception_score(student):
    def compare(probs, more):
        expect(
            student, "inception_score", inception_score(probs), mistakes.inception_mistakes(probs) | more, probs=probs
        )

    compare(numbers(0.7, 0.2, 0.1, 0.1, 0.3, 0.6).reshape(2, 3), {})
    compare((3 * torch.randn(6, 4, dtype=torch.float64)).softmax(1), {})
    zeros = "A row may hold zeros, and a class may be missing from all rows."
    with explain(zeros):
        compare(numbers(1, 0, 0, 0.5, 0.5, 0).reshape(2, 3), {zeros: anything})
        compare(torch.eye(5, dtype=torch.float64)[[0, 1, 2, 2]], {zeros: anything})
    one = "One image alone, or any number of equal ones, has the score 1."
    compare(numbers(0.2, 0.8).reshape(1, 2), {one: anything})
    compare(torch.eye(10, dtype=torch.float64), {"Ten sure images of ten classes have the score 10.": anything})
    compare((4 * torch.randn(40, 10, dtype=torch.float64)).softmax(1), {"Any n and any K may come.": anything})


@exercise(points=3, stand_in=kid)
def test_kid(student):
    def compare(x, y, more):
        expect(student, "kid", kid(x, y), mistakes.kid_mistakes(x, y) | more, x=x, y=y)

    compare(numbers(1, 0, 2, 1, -1, 1).reshape(3, 2), numbers(0, 2, 1, 3).reshape(2, 2), {})
    compare(2 * rand(4, 3) - 1, 2 * rand(4, 3), {})
    compare(2 * rand(5, 4) - 1, 2 * rand(7, 4), {})
    below = "Heaps of one source give a figure around 0, below it as often as above."
    x = numbers(1, -1, 2, -2).reshape(4, 1)
    compare(x, numbers(1.5, -1.25, 1, -2).reshape(4, 1), {below: anything})
    sizes = "n, m and d may be any, n and m at least 2."
    with explain(sizes):
        for n, m, d in ((2, 2, 1), (2, 9, 3), (30, 20, 8)):
            compare(rand(n, d), rand(m, d) + 0.2, {sizes: anything})


@exercise(points=3, stand_in=precision_recall)
def test_precision_recall(student):
    call = "precision_recall(real, fake, k)"

    def compare(real, fake, k, more):
        arguments = {"real": real, "fake": fake, "k": k}
        got = student.precision_recall(real, fake, k)
        if not (isinstance(got, (tuple, list)) and len(got) == 2):
            came = "one tensor" if isinstance(got, Tensor) else f"a {getattr(got, 'name', type(got).__name__)}"
            raise Mistake(f"{call}\nexpected two numbers, got {came}.\nEnd with `return precision, recall`.")
        for name, value, wanted, sets in zip(
            ("precision", "recall"), got, precision_recall(real, fake, k), ((fake, real), (real, fake)), strict=True
        ):
            hints = mistakes.coverage_mistakes(*sets, k) | more
            close(value, torch.tensor(wanted, dtype=torch.float64), f"the {name} of {call}", hints, arguments)

    def line(*places: float) -> Tensor:
        return numbers(*places)[:, None]

    with explain("Distances of points (n, d) and (m, d): `torch.cdist(a, b)` has the shape (n, m)."):
        both = cloud(70, 36)
        compare(both[:40], 0.7 * both[40:] + 0.8, 3, {})
        compare(line(0, 1, 3, 7, 20, 24, 29), line(2.25, 2.5, 9.5, 12.75, 31, 47), 2, {})
        compare(line(0, 1, 3, 7, 20, 24), line(0.25, 3.5, 8.5, 13, 40), 1, {})
        compare(line(0, 2, 10, 12, 30, 33), line(4, 14, 8, 36, 50), 1, {})  # on the edge
        compare(line(0, 5, 6, 7, 100, 103), line(-4, 5.25, 5.5, 96, 98, 109, 140), 1, {})  # nearest has a small ball
    sizes = "n, m, d and k may be any, k below n and m."
    with explain(sizes):
        for n, m, d, k in ((20, 20, 2, 3), (12, 30, 3, 1), (40, 9, 2, 5), (4, 4, 1, 3), (50, 60, 6, 3)):
            compare(torch.randn(n, d).double(), 0.5 + 0.7 * torch.randn(m, d).double(), k, {sizes: anything})
    copies = "Copies of all real points have precision 1 and recall 1."
    points = torch.randn(35, 3).double()
    compare(points, points.clone(), 1, {copies: anything})


@exercise(points=2, stand_in=memorised)
def test_memorised(student):
    def compare(samples, train, heldout, more):
        arguments = {"samples": samples, "train": train, "heldout": heldout}
        hints = mistakes.memorised_mistakes(**arguments) | more
        expect(student, "memorised", memorised(**arguments), hints, **arguments)

    def line(*places: float) -> Tensor:
        return numbers(*places)[:, None]

    grid = torch.randint(7, (24, 2), generator=torch.Generator().manual_seed(5)).double()  # with ties
    compare(grid[:7], grid[7:16], grid[16:], {})
    compare(line(1, 11, 24.5), line(0, 10, 20, 21), line(2.5, 13, 9.5, 16, 40), {})
    compare(line(1, 12, 20), line(0, 10, 20), line(2, 11, 23), {})  # ties
    compare(line(0, 10, 13), line(0, 10, 20), line(2, 10, 24, 29), {})  # copies, one held out too
    sizes = "n, l, m and d may be any: all pairs of a sample and a held-out image count."
    with explain(sizes):
        for n, n_train, m, d in ((6, 20, 6, 3), (9, 15, 4, 2), (30, 40, 20, 4)):
            compare(rand(n, d), rand(n_train, d), 0.9 * rand(m, d), {sizes: anything})
    rows = "An image is one point: `flatten(1)` makes a row of all its pixels, and leaves (n, d) be."
    with explain(rows):
        compare(rand(5, 2, 3, 3), rand(9, 2, 3, 3), rand(6, 2, 3, 3), {rows: anything})
    single = "One sample, one training image, one held-out image: 0, 1/2 or 1."
    compare(line(3), line(0), line(4), {single: anything})
    copies = "Copies of training images are nearer than all held-out images: 1."
    train = rand(40, 3)
    compare(train[:30], train, rand(30, 3), {copies: anything})
