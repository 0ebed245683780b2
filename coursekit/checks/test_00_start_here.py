"""Check of lesson 00: the binary cross-entropy on raw scores, its value and its gradient at any score."""

import math

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid, softplus

from coursekit.checks.judging import anything, close, exercise, expect, expect_error, explain, not_finite

LIKE_NUMBERS = {"dtype": torch.float64}


def warmup_bce(logits: Tensor, targets: Tensor) -> Tensor:
    """PyTorch's own; a ValueError if the shapes differ."""
    return binary_cross_entropy_with_logits(logits, targets)


def exact(logits: Tensor, targets: Tensor) -> Tensor:
    """The formula in float64."""
    logits, targets = logits.double(), targets.double()
    return (targets * softplus(-logits) + (1 - targets) * softplus(logits)).mean()


def slope(student, logits, targets):
    """A probe: the gradient of the student's loss with respect to the logits."""
    logits = logits.clone().requires_grad_()
    student.warmup_bce(logits, targets).backward()
    return logits.grad


@exercise(points=2, stand_in=warmup_bce)
def test_warmup_bce(student):
    def compare(logits, targets, hints):
        expect(student, "warmup_bce", exact(logits, targets), hints, logits=logits, targets=targets)

    logits = torch.tensor([1.5, -0.5, 2.0, -0.25, -1.0], **LIKE_NUMBERS)
    targets = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0], **LIKE_NUMBERS)
    loss, p = exact(logits, targets), torch.sigmoid(logits)
    hints = {
        "You summed over the samples where the formula has a mean.": 5 * loss,
        "That is the value in bits: take natural logarithms.": loss / math.log(2),
        "Real and fake have changed places: t = 1 goes with log sigmoid(s).": exact(logits, 1 - targets),
        "Only the real samples count in yours: fakes cost -log(1 - sigmoid(s)).": -(
            targets * logsigmoid(logits)
        ).mean(),
        "A sigmoid was taken twice: the logits are raw, sigmoid(s) once is all.": exact(p, targets),
        "Logits are no probabilities: log(s) has no meaning, the probability is sigmoid(s).": not_finite,
        "That is the mean squared error of the probabilities: surprise is measured with the logarithm.": (
            (p - targets).square().mean()
        ),
    }
    compare(logits, targets, hints)
    soft = "Targets between 0 and 1 count in proportion: -t log sigmoid(s) - (1 - t) log(1 - sigmoid(s)), for any t."
    compare(2 * torch.randn(4, 3), torch.rand(4, 3), {soft: anything})
    compare_large_scores(compare)
    why = "(n, 1) against (n,) makes an n x n table: compare the shapes before you compute."
    arguments = {"logits": torch.randn(4, 1), "targets": torch.ones(4)}
    expect_error(student, "warmup_bce", "ValueError", why, **arguments)
    compare_slopes(student)


def compare_large_scores(compare) -> None:
    """Scores at which the sigmoid is rounded to 0 or 1, right and wrong ones alike."""
    rounded = "The sigmoid of 100 is rounded to 1: never take a logarithm of it. `softplus` goes there in one step."
    clamped = (
        "Large scores count in full. A clamp, or a small number inside the logarithm, is in the way: use `softplus`."
    )
    for size in (30.0, 50.0, 100.0, 1000.0):
        hints = {rounded: not_finite, clamped: anything}
        compare(torch.tensor([size, -size, size, -size]), torch.tensor([0.0, 1.0, 1.0, 0.0]), hints)


def compare_slopes(student) -> None:
    """The gradient, (sigmoid(s) - t) / n, at small and large scores."""
    logits = torch.tensor([100.0, -100.0, 100.0, -100.0, *torch.randn(4).tolist(), 0.0])
    targets = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    with explain(
        "To train with it, PyTorch must be able to go back through it: no `.item()`, `float()` or `.detach()`."
    ):
        got = student.probe(slope, logits=logits, targets=targets)
    hints = {
        "The value is right, its gradient is nan: an overflow in a branch that `torch.where` leaves out.": not_finite,
        "The gradient is (sigmoid(s) - t) / n for every score; a clamp or a `detach` cuts it off.": anything,
    }
    call = "the gradient of warmup_bce(logits, targets)"
    wanted = (torch.sigmoid(logits.double()) - targets.double()) / len(logits)
    close(got, wanted, call, hints, {"logits": logits, "targets": targets})
