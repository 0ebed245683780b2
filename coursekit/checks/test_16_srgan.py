"""Checks of lesson 16: the shuffle, the decibels, the terms of SRGAN's loss and its residual block."""

import math

import torch
from torch import Tensor

from coursekit.checks import srgan_mistakes as mistakes
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect, expect_error, explain
from coursekit.checks.slopes import NO_SLOPE, compare_slopes, same_dtype
from coursekit.checks.srgan_block import check_block
from coursekit.checks.srgan_probes import shuffle, watch_features, with_a_function
from coursekit.metrics.super_resolution import psnr
from coursekit.nets import srgan
from coursekit.penalties import total_variation
from coursekit.super_resolution import losses

HIDDEN = [  # they hold the answers
    "coursekit.nets.srgan",
    "coursekit.metrics.super_resolution",
    "coursekit.super_resolution",
    "coursekit.penalties",
]
SHAPES = "Any number of images and channels, and sides that differ: (N, C, H, W)."
FLOATS = "Images are float32 in practice: keep the dtype that comes in."


@exercise(points=2, stand_in=srgan.pixel_shuffle)
def test_pixel_shuffle(student):
    def compare(x, r, more):
        facts = student.probe(shuffle, x=x, r=r)
        hints = mistakes.shuffle_mistakes(x, r) | more
        close(facts["out"], torch.pixel_shuffle(x, r), "pixel_shuffle(x, r)", hints, {"x": x, "r": r})
        if not facts["own"]:
            by_hand = "Write it by hand: a reshape, a permutation of the axes, a reshape."
            raise Mistake(f"pixel_shuffle(x, r) calls torch's own.\n{by_hand}")

    compare(numbers(*range(16)).reshape(1, 4, 2, 2), 2, {})
    compare(rand(2, 12, 2, 2), 2, {})
    with explain(SHAPES):
        compare(rand(2, 8, 3, 4), 2, {SHAPES: anything})
        compare(rand(1, 18, 2, 5), 3, {"r may be any whole number, such as 3.": anything})
        compare(rand(3, 16, 2, 1), 4, {"r may be any whole number, such as 4.": anything})
        compare(rand(2, 3, 4, 5), 1, {"r = 1 changes nothing.": anything})
    left_over = "Where r^2 does not divide the channels some would be left over: raise a ValueError."
    for channels, r in ((6, 2), (8, 3)):
        expect_error(student, "pixel_shuffle", "ValueError", left_over, x=rand(1, channels, 3, 6), r=r)
    compare_slopes(student, "pixel_shuffle", torch.pixel_shuffle, {}, x=rand(1, 8, 2, 3), r=2)
    same_dtype(student, "pixel_shuffle", FLOATS, x=torch.rand(1, 4, 2, 2), r=2)


@exercise(points=2, stand_in=psnr)
def test_psnr(student):
    def compare(a, b, more):
        expect(student, "psnr", exact_psnr(a, b), mistakes.psnr_mistakes(a, b) | more, a=a, b=b)

    compare(numbers(1, 0.5, -1, 0).reshape(2, 1, 1, 2), numbers(0.8, 0.5, -0.5, 0.1).reshape(2, 1, 1, 2), {})
    a = 2 * rand(4, 3, 5, 6) - 1
    loud = numbers(0.01, 0.1, 0.4, 1.5).reshape(4, 1, 1, 1) * numbers(0.3, 1, 1.4).reshape(3, 1, 1)
    compare(a, (a + loud * torch.randn(4, 3, 5, 6).double()).clamp(-1, 1), {})
    b = a.clone()
    b[1] = 0.3 * torch.rand(3, 5, 6).double()
    nan = "Equal images have an error of 0: 4 / 0 is inf and so is its logarithm; log(0) - log(0) is nan."
    compare(a, b, {nan: lambda value: bool(value.isnan().any()), mistakes.EQUAL: anything})
    with explain(SHAPES):
        compare(2 * rand(1, 1, 3, 7) - 1, 2 * rand(1, 1, 3, 7) - 1, {SHAPES: anything})
    over = "Pixels beyond [-1, 1] count as they are: nothing is clipped."
    compare(3 * rand(2, 3, 4, 4), 2 * rand(2, 3, 4, 4) - 1, {over: anything})


def exact_psnr(a: Tensor, b: Tensor) -> Tensor:
    """By the decibels of the span and of the error."""
    return 20 * math.log10(2) - 10 * (a - b).square().flatten(1).mean(1).log10()


@exercise(points=2, stand_in=losses.content_loss)
def test_content_loss(student):
    call = "content_loss(features, sr, hr)"

    def compare(n, channels, size, flat):
        sr, hr = torch.randn(2, n, channels, *size, dtype=torch.float64)
        play = {"sr": sr, "hr": hr, "weight": torch.randn(5, channels, 3, 3, dtype=torch.float64) / 2, "flat": flat}
        facts, right = student.probe(watch_features, **play), watch_features(losses, **play)
        hints = mistakes.content_mistakes(features_of(play["weight"]), sr, hr)
        close(facts["out"], right["out"].detach(), call, hints, {"sr": sr, "hr": hr})
        if not facts["kept"]:
            as_it_was = "Features are only asked: no `train()`, no `requires_grad_`, no update."
            raise Mistake(f"{call} changed the net `features`.\n{as_it_was}")
        if facts["slopes"] is None:
            raise Mistake(f"{call}\n{NO_SLOPE}")
        check_target(call, facts["slopes"], right["slopes"])

    compare(2, 3, (4, 5), False)
    compare(3, 1, (3, 3), True)
    compare(1, 2, (1, 4), False)
    plain = "`features` is any function of images: call it, and ask nothing else of it."
    sr, hr = torch.randn(2, 3, 2, 4, 4, dtype=torch.float64)
    wanted = (sr.square().mean((2, 3)) - hr.square().mean((2, 3))).square().mean()
    with explain(plain):
        close(student.probe(with_a_function, sr=sr, hr=hr), wanted, call, {plain: anything}, {"sr": sr, "hr": hr})


def features_of(weight: Tensor):
    return lambda x: torch.nn.functional.conv2d(x, weight, padding=1).tanh()


def check_target(call: str, slopes: list[Tensor], right: list[Tensor]) -> None:
    """Raise a Mistake unless the slope goes back through features(sr), and through nothing else."""
    target = "The value is right, but a slope goes to hr: features(hr) is a target, detach it."
    if not slopes[0].any():
        cut = "The value is right, but no slope goes to sr: hr's features are the target, not sr's."
        raise Mistake(f"{call}: its slope by sr is 0.\n{cut}")
    if slopes[1].any():
        raise Mistake(f"{call}: its slope by hr is not 0.\n{target}")
    close(
        slopes[0], right[0], f"the slope of {call} by sr", {"Its value is right, its slope by sr is not.": anything}, {}
    )
    late = "Detach features(hr), not hr: a slope still goes back through the target, to the weights of `features`."
    close(slopes[2], right[2], f"the slope of {call} by the weights of `features`", {late: anything}, {})


@exercise(points=1, stand_in=total_variation)
def test_total_variation(student):
    def compare(x, more):
        compare_slopes(student, "total_variation", exact_variation, mistakes.variation_mistakes(x) | more, x=x)

    compare(numbers(0, 1, 3, 2, 7, 0).reshape(1, 1, 2, 3), {})
    compare(2 * rand(2, 3, 4, 6) - 1, {})
    with explain(SHAPES):
        compare(torch.randn(3, 1, 7, 2).double(), {SHAPES: anything})
        compare(torch.randn(1, 2, 2, 2).double(), {SHAPES: anything})
    flat = "A flat image has no variation: 0."
    expect(student, "total_variation", torch.zeros(()), {flat: anything}, x=torch.full((2, 3, 4, 4), 0.7).double())
    same_dtype(student, "total_variation", FLOATS, x=torch.rand(1, 1, 3, 3))


def exact_variation(x: Tensor) -> Tensor:
    return x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()


@exercise(points=2, stand_in=losses.perceptual_loss)
def test_perceptual_loss(student):
    def compare(content, scores, weight, more):
        hints = mistakes.perceptual_mistakes(content, scores, weight) | more
        play = {"content": content, "fake_scores": scores, "weight": weight}
        compare_slopes(student, "perceptual_loss", losses.perceptual_loss, hints, **play)

    def content():
        return 0.2 + rand(1)[0]

    compare(numbers(0.7)[0], numbers(0.5, -1.0, 2.0, -0.25), 0.1, {})
    shapes = "Scores may be (N,), (N, 1) or a map of them: make targets with `torch.ones_like`, or do without."
    with explain(shapes):
        for shape in ((7,), (5, 1), (1, 1), (2, 1, 3, 3)):
            compare(content(), 6 * rand(*shape) - 3, 0.5, {shapes: anything})
    compare(content(), 6 * rand(6, 1) - 3, 0.0, {"With weight 0 the content is left.": anything})
    large = "Scores of +-1000: `softplus(-s)` is right for all; the logarithm of a rounded or clamped sigmoid is not."
    for size in (100.0, 1000.0):
        compare(content(), numbers(size, -size, 30, -50), 0.3, {large: anything})
    three = {"content": content(), "fake_scores": 6 * rand(5, 1) - 3}
    default = "Without a third argument the weight is 1e-3, as in the paper: keep the default of the stub."
    hints = {default: anything}
    expect(student, "perceptual_loss", losses.perceptual_loss(*three.values()), hints, **three)


@exercise(points=3, stand_in=srgan.ResidualBlock)
def test_ResidualBlock(student):
    for width, n, size in ((6, 3, (7, 6)), (4, 2, (6, 8))):
        check_block(student, width, 2 * torch.randn(n, width, *size) + 0.3)
