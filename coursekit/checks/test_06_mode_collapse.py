"""Checks of lesson 06: counts of modes, and four remedies as a layer, a pack, a memory and a look ahead."""

from types import SimpleNamespace

import torch

from coursekit.checks import collapse_mistakes as mistakes
from coursekit.checks.collapse_buffer import compare_exchanges, compare_seeds
from coursekit.checks.collapse_probes import discriminate, look_ahead, spread_slope
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import (
    Mistake,
    anything,
    close,
    exercise,
    expect,
    expect_error,
    explain,
    is_like,
    not_finite,
)
from coursekit.data.replay import ReplayBuffer
from coursekit.metrics import modes
from coursekit.nets import minibatch, packing
from coursekit.steps import unrolled

HIDDEN = [  # they hold the answers
    "coursekit.metrics.modes",
    "coursekit.nets.minibatch",
    "coursekit.nets.packing",
    "coursekit.data.replay",
    "coursekit.steps",
    "coursekit.collapse",
]
NO_WAY = "The value is right, but `backward` finds no way back: no `item`, `float`, `detach` or `no_grad`."
NAN_SLOPE = "At a batch of copies the root of 0 has no slope: the 1e-8 goes under the root."


def on_line(*places: float) -> torch.Tensor:
    """Points (x, 0) in the plane."""
    x = numbers(*places)
    return torch.stack([x, torch.zeros_like(x)], 1)


@exercise(points=2, stand_in=modes.count_modes)
def test_count_modes(student):
    def compare(samples, centers, radius, min_share, more):
        wanted = modes.count_modes(samples, centers, radius, min_share)
        hints = mistakes.count_mistakes(samples, centers, radius, min_share) | more
        arguments = {"samples": samples, "centers": centers, "radius": radius, "min_share": min_share}
        expect(student, "count_modes", wanted, hints, **arguments)

    far = on_line(0, 10, 20)
    compare(on_line(*[0] * 10, *[10] * 9, 20), far, 1.0, 0.1, {})  # one lucky sample
    compare(on_line(*[5] * 11, *[0] * 5, *[10] * 3, 20), far, 1.0, 0.2, {})  # many that are not good
    compare(on_line(*[0.4] * 5, *[10.6] * 5), far, 0.5, 0.2, {})
    compare(on_line(*[0] * 6, *[10] * 2), far, 1.0, 0.25, {})
    compare(on_line(*[0] * 6, *[10.5] * 2), far, 0.5, 0.2, {})
    compare(on_line(*[0.3] * 8), on_line(0, 1), 0.8, 0.25, {})
    none = "Where no sample is good, no mode is held: 0."
    with explain(none):
        compare(on_line(5, 15, 25), far, 1.0, 0.1, {none: anything})
    sizes = "Samples and centres may have any number of coordinates, and any number of rows."
    with explain(sizes):
        for d, m in ((1, 3), (2, 6), (3, 1), (5, 4)):
            compare(2 * rand(37, d), 2 * rand(m, d), 0.5, 0.07, {sizes: anything})


@exercise(points=2, stand_in=modes.mode_kl)
def test_mode_kl(student):
    def compare(samples, centers, more):
        hints = mistakes.kl_mistakes(samples, centers) | more
        expect(student, "mode_kl", modes.mode_kl(samples, centers), hints, samples=samples, centers=centers)

    compare(on_line(*[0] * 4, *[10] * 3, 20), on_line(0, 10, 20), {})
    compare(on_line(*[0] * 4, *[11] * 2), on_line(0, 10, 20), {})  # an empty mode
    one = "Where one mode takes all, the KL is log M."
    compare(on_line(1, 2), on_line(0, 10, 20, 30), {one: anything})
    sizes = "Every sample goes to its nearest centre, however far, in any number of dimensions."
    with explain(sizes):
        for d, m in ((1, 3), (2, 8), (4, 5), (2, 1)):
            compare(4 * rand(40, d) - 1, rand(m, d), {sizes: anything})


@exercise(points=2, stand_in=minibatch.minibatch_stddev)
def test_minibatch_stddev(student):
    def compare(x, more):
        hints = mistakes.stddev_mistakes(x) | more
        expect(student, "minibatch_stddev", minibatch.minibatch_stddev(x), hints, x=x)

    def compare_slope(x, hint):
        weight = rand(len(x), *x.shape[2:])
        wanted = spread_slope(SimpleNamespace(minibatch_stddev=minibatch.minibatch_stddev), x, weight)
        got = student.probe(spread_slope, x=x, weight=weight)
        if got is None or is_like(got, torch.zeros_like(x)) and wanted.abs().max() > 1e-6:
            raise Mistake(f"minibatch_stddev(x), the slope of its last channel: there is none.\n{NO_WAY}")
        close(got, wanted, "the slope of minibatch_stddev(x)", {NAN_SLOPE: not_finite, hint: anything}, {"x": x})

    compare(numbers(1, -2, 3, 0.5, 2, 1, -1, 4).reshape(4, 2), {})
    compare(4 * rand(5, 3) - 1, {})
    images = "x may be images: the new channel has the shape (N, 1, H, W), the same number everywhere."
    with explain(images):
        compare(rand(4, 2, 3, 5), {images: anything})
        compare(rand(3, 1, 2), {images: anything})
    one = "A batch of one, or of copies, has the spread 1e-4: the root of 1e-8."
    compare(rand(1, 2), {one: anything})
    compare(rand(1, 3).repeat(4, 1), {one: anything})
    compare_slope(rand(4, 3), "The value is right and its slope is not.")
    compare_slope(rand(1, 2, 2, 2).repeat(3, 1, 1, 1), NAN_SLOPE)


@exercise(points=3, stand_in=minibatch.MinibatchDiscrimination)
def test_MinibatchDiscrimination(student):
    reference = SimpleNamespace(MinibatchDiscrimination=minibatch.MinibatchDiscrimination)
    name = "MinibatchDiscrimination(n_features, n_kernels, kernel_dim)"

    def compare(features, kernels, more):
        answer = student.probe(discriminate, features=features, kernels=kernels)
        wanted, size = discriminate(reference, features, kernels), list(kernels.shape)
        if answer["made"] != [size]:
            shapes = "is no nn.Module" if answer["made"] is None else f"has parameters of the shapes {answer['made']}"
            why = "A tensor is learned only if it is an `nn.Parameter`, set as an attribute of the layer."
            if answer["made"]:
                why = "One parameter holds it all: its shape is (n_features, n_kernels, kernel_dim)."
            raise Mistake(f"{name} {shapes}, where one of shape {size} is expected.\n{why}")
        if not answer["varied"]:
            same = "All numbers of the parameter are equal at the start: draw them at random, else they stay equal."
            raise Mistake(f"{name}\n{same}")
        arguments = {"features": features, "kernels": kernels}
        hints = mistakes.discrimination_mistakes(features, kernels) | more
        question = "MinibatchDiscrimination(...)(features), where its parameter is `kernels`,"
        close(answer["out"], wanted["out"], question, hints, arguments)
        if answer["slopes"] is None:
            raise Mistake(f"{question}\n{NO_WAY}")
        for what, got, slope in zip(("kernels", "features"), answer["slopes"], wanted["slopes"], strict=True):
            cut = f"The value is right, its slope by the {what} is not: no `detach`, `item` or `data`."
            close(got, slope, f"the slope by the {what} of {question}", {cut: anything}, arguments)

    compare(2 * rand(4, 3) - 1, 2 * rand(3, 2, 4) - 1, {})
    general = "Features (N, F) times kernels (F, K, d) make matrices (N, K, d), and each pair of them K distances."
    with explain(general):
        compare(2 * rand(5, 2) - 1, 2 * rand(2, 3, 1) - 1, {general: anything})
        compare(2 * rand(3, 4) - 1, 2 * rand(4, 1, 3) - 1, {general: anything})
        one = "A batch of one is near itself: each new feature is 1."
        compare(2 * rand(1, 3) - 1, 2 * rand(3, 2, 2) - 1, {one: anything})
        copies = "A batch of N copies: each new feature is N."
        compare((2 * rand(1, 3) - 1).repeat(4, 1), 2 * rand(3, 2, 2) - 1, {copies: anything})


@exercise(points=3, stand_in=ReplayBuffer)
def test_ReplayBuffer(student):
    compare_exchanges(student, 4, [4, 4, 6, 1, 2, 5, 8], width=2)
    compare_exchanges(student, 5, [3, 4, *[6] * 40, 10], width=1)
    compare_exchanges(student, 2, [3, 7, 8, 4], width=3)
    compare_seeds(student)


@exercise(points=4, stand_in=unrolled.unrolled_generator_loss)
def test_unrolled_generator_loss(student):
    call = "unrolled_generator_loss(G, D, real, z, k, lr)"

    def by(function, play):
        return look_ahead(SimpleNamespace(unrolled_generator_loss=function), **play)

    def compare(play, last):
        with explain(f"Each update needs the graph of the one before: {mistakes.NO_GRAPH}"):
            got = student.probe(look_ahead, **play)
        wanted, arguments = by(unrolled.unrolled_generator_loss, play), {"k": play["k"], "lr": play["lr"]}
        hints = {text: by(wrong, play)["loss"].detach() for text, wrong in mistakes.UNROLLED_VALUES.items()}
        close(got["loss"], wanted["loss"].detach(), call, hints | {last: anything}, arguments)
        if not got["kept"]:
            raise Mistake(f"{call}: the value is right, but D has moved.\nThe updates are virtual: D stays as it was.")
        if got["slope"] is None:
            raise Mistake(f"{call}\n{NO_WAY}")
        hints = {mistakes.NO_GRAPH: by(mistakes.unroll(keep=False), play)["slope"]}
        cut = "The value is right and its slope by G's weights is not: it goes through all k updates."
        close(got["slope"], wanted["slope"], f"the slope of {call} by G's weights", hints | {cut: anything}, arguments)
        if got["grads"]:
            raise Mistake(f"{call} filled `.grad` of a net.\nUse `torch.autograd.grad`, which returns the slopes.")
        if got["frozen"]:
            raise Mistake(f"{call} left parameters that need no gradient.\nGive D's state back as it came.")

    def draw(k, lr, flat=False, n=(5, 5)):
        nets = {"g": torch.randn(17, dtype=torch.float64), "d": torch.randn(17, dtype=torch.float64)}
        batches = {name: torch.randn(size, 2, dtype=torch.float64) for name, size in zip(("real", "z"), n, strict=True)}
        return nets | batches | {"k": k, "lr": lr, "flat": flat}

    compare(draw(3, 0.4), "Compare with pencil and paper at k = 0, then k = 1.")
    compare(draw(0, 0.4), "k = 0 is the ordinary loss, -log D(G(z)).")
    compare(draw(1, 0.7, flat=True, n=(6, 3)), "real and z may differ in length, and scores may have the shape (N,).")
    compare(draw(2, 0.2, n=(1, 1)), "Each update starts from the weights that the one before has made.")
    for bias in (2000.0, -2000.0):
        large = draw(0, 0.1)
        large["d"][-1] = bias
        compare(large, "Large scores: `softplus(-s)` is right for all, the logarithm of a rounded sigmoid is not.")


@exercise(points=1, stand_in=packing.pack)
def test_pack(student):
    def compare(x, m, more):
        expect(student, "pack", packing.pack(x, m), mistakes.pack_mistakes(x, m) | more, x=x, m=m)

    compare(rand(6, 2), 3, {})
    compare(rand(4, 3, 2, 2), 2, {})
    for shape, m in (((8, 1, 3), 4), ((5, 2), 1), ((3, 2, 2, 3), 3)):
        compare(rand(*shape), m, {"All axes behind the channels stay as they are.": anything})
    rest = "Where m does not divide N, cutting the rest off would train on fewer samples, and say nothing: raise it."
    expect_error(student, "pack", "ValueError", rest, x=rand(5, 2), m=2)
    expect_error(student, "pack", "ValueError", rest, x=rand(2, 3, 2, 2), m=4)
