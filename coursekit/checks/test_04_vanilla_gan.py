"""Checks of lesson 04: losses by their closed forms and slopes, steps and training as the library's steps do them."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from coursekit import losses
from coursekit.checks import vanilla_gan
from coursekit.checks.inputs import numbers
from coursekit.checks.judging import anything, close, exercise, expect, explain, not_finite
from coursekit.checks.training import compare_training
from coursekit.checks.turns import compare_turns, large_scores, weights
from coursekit.checks.vanilla_mistakes import D_MISTAKES, G_MISTAKES, TRAINING_MISTAKES, non_saturating

ON_LARGE = (
    "Scores of +-100 and more: `softplus(-s)` is right for all, the logarithm of a rounded or clamped sigmoid is not."
)
HIDDEN = ["coursekit.losses", "coursekit.steps"]  # they hold the answers: no submission may import them
BITS = "That is the value in bits: take natural logarithms."
SUM = "You summed over the batch where the formula has a mean."
SIGMOID_TWICE = "A sigmoid was taken twice: the scores are raw, log sigmoid(s) is all."
NO_PROBABILITY = "Scores are no probabilities: log(s) has no meaning. D = sigmoid(s)."
ROUNDED = (
    "The sigmoid of 1000 is rounded to 1, that of -1000 to 0: never take its logarithm. `softplus` needs no sigmoid."
)
CLAMPED = "Large scores count in full. A clamp, or a small number inside the logarithm, is in the way: use `softplus`."
NO_SLOPE = "To train with it, PyTorch must go back through it: no `.item()`, `float()` or `.detach()`."
SHAPES = "Scores may have the shape (N,) or (N, 1): make targets with `torch.ones_like(scores)`, or do without."


def slopes(student, name, scores):
    """A probe: the gradients of a loss with respect to its scores."""
    scores = [s.clone().requires_grad_() for s in scores]
    getattr(student, name)(*scores).backward()
    return [torch.zeros_like(s) if s.grad is None else s.grad for s in scores]


def compare_loss(student, name: str, exact: Callable[..., Tensor], batches: list[Tensor], hints: dict) -> None:
    """The value of a loss at some scores, then its slope at each of them; `exact` gets float64."""
    names = ("real_scores", "fake_scores")[-len(batches) :]
    copies = [s.to(torch.float64, copy=True).requires_grad_() for s in batches]
    wanted = exact(*copies)
    expect(student, name, wanted.detach(), hints, **dict(zip(names, batches, strict=True)))
    wanted.backward()
    with explain(NO_SLOPE):
        got = student.probe(slopes, name=name, scores=batches)
    for argument, scores, slope, copy in zip(names, batches, got, copies, strict=True):
        call = f"the slope of {name} with respect to {argument}"
        close(slope, copy.grad, call, {"The value is right and its slope is not.": anything}, {argument: scores})


def compare_generator_loss(student, name: str, exact: Callable[[Tensor], Tensor], hints: Callable) -> None:
    """A worked example with its hints, batches of any shape, large scores."""
    example = numbers(0.5, -1.0, 2.0, -0.25)
    compare_loss(student, name, exact, [example], hints(example))
    with explain(SHAPES):
        for shape in ((7,), (5, 1), (1,)):
            scores = 6 * torch.rand(shape) - 3
            compare_loss(student, name, exact, [scores], hints(scores))
    for size in (100.0, 1000.0):
        large = torch.tensor([size, -size, 30.0, -50.0])
        compare_loss(student, name, exact, [large], {ROUNDED: not_finite, CLAMPED: anything})


@exercise(points=2, stand_in=vanilla_gan.discriminator_loss)
def test_discriminator_loss(student):
    name, exact = "discriminator_loss", losses.minimax_d

    def hints(real, fake):
        loss, n = exact(real, fake), len(real)
        on_real = exact(real, torch.full_like(fake, -1e4))
        both = (n * on_real + len(fake) * (loss - on_real)) / (n + len(fake))
        return {
            BITS: loss / math.log(2),
            SUM: n * on_real + len(fake) * (loss - on_real),
            "That is half of it: L_D is the sum of two means, not their mean.": loss / 2,
            "That is one mean over both batches: each has a mean of its own, and they are added.": both,
            "Real and fake have changed places: a real sample costs -log D.": exact(fake, real),
            "The real samples alone: a fake costs -log(1 - D).": on_real,
            "The fakes alone: a real sample costs -log D.": loss - on_real,
            "The fakes count as real ones in yours: a fake costs -log(1 - D).": exact(real, -fake),
            "The signs of the scores are turned round: D = sigmoid(s).": exact(-real, -fake),
            SIGMOID_TWICE: exact(real.sigmoid(), fake.sigmoid()),
            "That is V: D climbs it, an optimiser goes down, so the loss is -V.": -loss,
            NO_PROBABILITY: not_finite,
        }

    def compare(real, fake):
        compare_loss(student, name, exact, [real, fake], hints(real, fake))

    compare(numbers(1.5, 0.5, 2.0, -0.3), numbers(-1.0, 0.4, -2.0))
    with explain(SHAPES + " The two batches may differ in length."):
        for real_shape, fake_shape in (((6,), (6,)), ((5, 1), (5, 1)), ((5, 1), (8,)), ((1,), (3, 1))):
            compare(6 * torch.rand(real_shape) - 3, 6 * torch.rand(fake_shape) - 3)
    for size in (100.0, 1000.0):
        large = torch.tensor([size, -size, 30.0, -50.0])
        compare_loss(student, name, exact, [large, large], {ROUNDED: not_finite, CLAMPED: anything})


@exercise(points=1, stand_in=vanilla_gan.saturating_generator_loss)
def test_saturating_generator_loss(student):
    exact = partial(losses.minimax_g, real=None)

    def hints(scores):
        loss = exact(scores)
        return {
            BITS: loss / math.log(2),
            SUM: loss * len(scores),
            "That is the non-saturating loss, -log D: here it is log(1 - D).": non_saturating(scores),
            "The sign is turned round: G minimises log(1 - D) itself, so its loss is never above 0.": -loss,
            "That is log D: the fakes that D believes are to cost less, so it is log(1 - D).": -non_saturating(scores),
            SIGMOID_TWICE: exact(scores.sigmoid()),
            "That is -D: its logarithm was forgotten, log(1 - D).": -scores.sigmoid().mean(),
            NO_PROBABILITY: not_finite,
        }

    compare_generator_loss(student, "saturating_generator_loss", exact, hints)


@exercise(points=1, stand_in=vanilla_gan.non_saturating_generator_loss)
def test_non_saturating_generator_loss(student):
    def hints(scores):
        loss = non_saturating(scores)
        saturating = losses.minimax_g(scores, real=None)
        return {
            BITS: loss / math.log(2),
            SUM: loss * len(scores),
            "That is the saturating loss, log(1 - D): here it is -log D.": saturating,
            "The minus is missing: that is log D, and G would learn to be caught.": -loss,
            "The fakes are labelled fake in yours, -log(1 - D): G would learn to be caught.": -saturating,
            SIGMOID_TWICE: non_saturating(scores.sigmoid()),
            "That is -D: its logarithm was forgotten, -log D.": -scores.sigmoid().mean(),
            NO_PROBABILITY: not_finite,
        }

    compare_generator_loss(student, "non_saturating_generator_loss", non_saturating, hints)


def compare_step(student, step: str, mistakes: dict) -> None:
    """A few plain turns; turns with Adam on scores (N,); large scores of either sign; old gradients in both nets."""

    def draw(*sizes):
        return weights() | {"reals": [torch.randn(n, 3) for n in sizes], "zs": [torch.randn(n, 2) for n in sizes]}

    def compare(play, last="", adam=False, flat=False, stale=False):
        compare_turns(student, step, mistakes, last, **play, adam=adam, flat=flat, stale=stale)

    compare(draw(5, 5, 3))
    with explain(SHAPES):
        compare(draw(4, 6, 2), SHAPES, adam=True, flat=True)
    for play in large_scores(draw(6)):
        compare(play, ON_LARGE)
    compare(draw(5), stale=True)


@exercise(points=3, stand_in=vanilla_gan.discriminator_step)
def test_discriminator_step(student):
    compare_step(student, "discriminator_step", D_MISTAKES)


@exercise(points=3, stand_in=vanilla_gan.generator_step)
def test_generator_step(student):
    compare_step(student, "generator_step", G_MISTAKES)


@exercise(points=4, stand_in=vanilla_gan.train_gan)
def test_train_gan(student):
    def compare(nets, n_steps, k, last="", adam=False, flat=False):
        play = {"seed": torch.randint(1 << 40, ()).item(), "n_steps": n_steps, "k": k, "adam": adam, "flat": flat}
        compare_training(student, TRAINING_MISTAKES, last, **nets, **play)

    compare(weights(), 3, 1)
    compare(weights(), 2, 3)
    with explain(SHAPES):
        compare(weights(), 2, 2, SHAPES, adam=True, flat=True)
    for nets in large_scores(weights()):
        compare(nets, 1, 1, ON_LARGE)
