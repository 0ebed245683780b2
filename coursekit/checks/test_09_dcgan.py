"""Checks of lesson 09: transposed convolutions, DCGAN's pair and its initial weights, latent space, D's features."""

from types import SimpleNamespace

import torch
from torch.nn.functional import conv_transpose2d

from coursekit import latents
from coursekit.checks import dcgan_answers as answers
from coursekit.checks import dcgan_mistakes as mistakes
from coursekit.checks.dcgan_init import check_values
from coursekit.checks.dcgan_nets import check_net, judge_discriminator, judge_generator
from coursekit.checks.dcgan_probes import initialise, look_inside, stamp
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect, expect_error, explain, not_finite
from coursekit.nets import dcgan, init

HIDDEN = [  # they hold the answers
    "coursekit.nets.dcgan",
    "coursekit.nets.init",
    "coursekit.nets.guidelines",
    "coursekit.guidelines",
    "coursekit.latents",
    "coursekit.recipes",
    "coursekit.shipped",
]


def whole(low: int, high: int) -> int:
    """A random whole number from low to high."""
    return int(torch.randint(low, high + 1, (1,)))


@exercise(points=1, stand_in=answers.output_size)
def test_output_size(student):
    def compare(size, kernel, stride, padding):
        zeros = torch.zeros(1, 1, size, size), torch.zeros(1, 1, kernel, kernel)
        wanted = conv_transpose2d(*zeros, stride=stride, padding=padding).shape[-1]
        hints = mistakes.size_mistakes(size, kernel, stride, padding)
        arguments = {"size": size, "kernel": kernel, "stride": stride, "padding": padding}
        expect(student, "output_size", wanted, hints, **arguments)

    compare(8, 9, 3, 2)
    compare(7, 4, 2, 1)
    compare(1, 7, 1, 0)
    for _ in range(5):
        kernel = whole(1, 9)
        compare(whole(2, 12), kernel, whole(1, 4), min(whole(0, 3), (kernel - 1) // 2))
    nothing_left = "Where no pixel is left there is no output: raise a ValueError for every result below 1."
    expect_error(student, "output_size", "ValueError", nothing_left, size=2, kernel=3, stride=1, padding=2)
    expect_error(student, "output_size", "ValueError", nothing_left, size=1, kernel=1, stride=2, padding=3)


@exercise(points=3, stand_in=answers.conv_transpose2d)
def test_conv_transpose2d(student):
    def compare(x, weight, stride, padding, more):
        answer = student.probe(stamp, x=x, weight=weight, stride=stride, padding=padding)
        wanted = stamp(SimpleNamespace(conv_transpose2d=answers.conv_transpose2d), x, weight, stride, padding)
        call, arguments = "conv_transpose2d(x, weight, stride, padding)", {"x": x, "weight": weight}
        arguments |= {"stride": stride, "padding": padding}
        exact = conv_transpose2d(x, weight, stride=stride, padding=padding)
        hints = mistakes.convolution_mistakes(x, weight, stride, padding) | more
        close(answer["out"], exact, call, hints, arguments)
        if not answer["own"]:
            raise Mistake(
                f"{call} calls torch's own.\nWrite it by hand: stamps that add up, with loops or with `fold`."
            )
        if answer["slopes"] is None:
            raise Mistake(
                f"{call}\nThe value is right, but `backward` finds no way back: no `item`, `data` or `detach`."
            )
        for name, got, slope in zip(("x", "weight"), answer["slopes"], wanted["slopes"], strict=True):
            cut = f"The value is right, its slope by {name} is not: no `item`, `data` or `detach` of {name}."
            close(got, slope, f"the slope of {call} by {name}", {cut: anything}, arguments)

    compare(numbers(1, 10).reshape(1, 1, 1, 2), numbers(*range(9)).reshape(1, 1, 3, 3), 2, 0, {})
    compare(rand(2, 3, 3, 4), rand(3, 3, 4, 4), 2, 1, {})
    general = "x (N, C_in, H, W) and weight (C_in, C_out, k, k) make (N, C_out, ...): none of these need be equal."
    with explain(general):
        compare(rand(1, 2, 4, 3), rand(2, 3, 3, 3), 1, 1, {general: anything})
        compare(rand(2, 3, 2, 3), rand(3, 1, 5, 5), 3, 2, {general: anything})
        gaps = "With a stride above k the stamps leave gaps, which are 0."
        compare(rand(1, 1, 2, 2), rand(1, 2, 2, 2), 3, 0, {gaps: anything})
        compare(rand(3, 2, 1, 1), rand(2, 4, 1, 1), 1, 0, {general: anything})


@exercise(points=3, stand_in=dcgan.DCGANGenerator)
def test_DCGANGenerator(student):
    name, doubling = "DCGANGenerator", "The first map has size // 4 pixels a side, and doubles until `size` is reached."
    for size, channels, latent, width in ((28, 1, 6, 4), (32, 3, 5, 2)):
        judge, arguments = judge_generator(width, size), [size, channels, latent, width]
        z, shape = torch.randn(5, latent), (5, channels, size, size)
        check_net(student, name, arguments, [z], shape, doubling, judge)


@exercise(points=3, stand_in=dcgan.DCGANDiscriminator)
def test_DCGANDiscriminator(student):
    name, column = (
        "DCGANDiscriminator",
        "One score for each image: the shape is (N, 1), so `flatten(1)` what comes last.",
    )
    for size, channels, width in ((28, 1, 4), (32, 3, 2)):
        x = 2 * torch.rand(5, channels, size, size) - 1
        judge, arguments = judge_discriminator(width, size), [size, channels, width]
        check_net(student, name, arguments, [x], (5, 1), column, judge)


@exercise(points=2, stand_in=init.dcgan_init)
def test_dcgan_init(student):
    facts = student.probe(initialise)
    if not facts["returned"]:
        hint = "Is there a `return module`?" if facts["nothing"] else "Return the module itself, not a copy."
        raise Mistake(f"dcgan_init(module)\nexpected the module back, initialised in place.\n{hint}")
    if not facts["same"]:
        fill = "Fill the parameters that are there, with `nn.init.normal_`: an optimiser may hold them already."
        raise Mistake(f"dcgan_init(module) put other parameters into the layers, or froze them.\n{fill}")
    check_values(facts["values"])
    if not facts["kept"]:
        others = "Convolutions, transposed convolutions, dense layers and batch norm are drawn anew, nothing else."
        raise Mistake(f"dcgan_init(module) changed an nn.Embedding.\n{others}")
    if facts["again"]:
        fresh = "Every call draws new numbers: no seed is set in it, or all layers of a shape start alike."
        raise Mistake(f"dcgan_init gave two layers of one shape the same weights.\n{fresh}")


@exercise(points=2, stand_in=latents.slerp)
def test_slerp(student):
    def compare(z0, z1, t, more):
        hints = mistakes.slerp_mistakes(z0, z1, t) | more
        expect(student, "slerp", latents.slerp(z0, z1, t), hints, z0=z0, z1=z1, t=t)

    compare(numbers(2, 0), numbers(0, 2), 0.25, {})
    compare(numbers(0.6, 0.3), numbers(-0.1, 0.7), 0.4, {})  # short: the bare product is a cosine, too
    compare(torch.randn(9).double(), torch.randn(9).double(), 0.7, {})
    rows = "z0 and z1 may be (d,) or (n, d): each row has an angle of its own."
    with explain(rows):
        compare(torch.randn(4, 6).double(), 2 * torch.randn(4, 6).double(), 0.4, {rows: anything})
        compare(torch.randn(1, 3).double(), torch.randn(1, 3).double(), 0.5, {rows: anything})
    ends = "At t = 0 stands z0, at t = 1 stands z1."
    for t in (0.0, 1.0):
        compare(torch.randn(3, 4).double(), torch.randn(3, 4).double(), t, {ends: anything})
    z = torch.randn(5, 7).double()
    for factor in (1.0, 2.5, -1.0, -0.5):
        compare(z, factor * z, 0.3, {mistakes.NO_ARC: anything})
    mixed = torch.randn(5, 7).double()
    mixed[2] = z[2]
    compare(z, mixed, 0.6, {mistakes.NO_ARC: not_finite, "Only the parallel rows take the straight line.": anything})


@exercise(points=1, stand_in=latents.latent_arithmetic)
def test_latent_arithmetic(student):
    def compare(a, b, c, more):
        hints = mistakes.arithmetic_mistakes(a, b, c) | more
        expect(student, "latent_arithmetic", latents.latent_arithmetic(a, b, c), hints, a=a, b=b, c=c)

    compare(*(torch.randn(3, 5).double() for _ in range(3)), {})
    counts = "a, b and c may have different numbers of rows: take each mean on its own."
    with explain(counts):
        compare(*(torch.randn(n, 4).double() for n in (2, 5, 3)), {counts: anything})
    compare(*(torch.randn(1, 6).double() for _ in range(3)), {})


@exercise(points=2, stand_in=dcgan.discriminator_features)
def test_discriminator_features(student):
    reference = SimpleNamespace(discriminator_features=dcgan.discriminator_features)
    call = "discriminator_features(D, x)"

    def compare(n, channels, size, widths, more):
        arguments = {"x": torch.randn(n, channels, size, size).double(), "numbers": 0.3 * torch.randn(3000).double()}
        answer = student.probe(look_inside, **arguments, widths=widths)
        wanted = look_inside(reference, **arguments, widths=widths)
        hints = mistakes.feature_mistakes(wanted["seen"], wanted["score"]) | more
        close(answer["out"], wanted["out"], call, hints, {"x": arguments["x"]})
        if answer["hooks"]:
            raise Mistake(f"{call} left a hook in D.\nA hook runs at every later call of D: `handle.remove()` it.")
        if not answer["kept"]:
            raise Mistake(f"{call} changed D.\nD is in eval mode and stays so, with all its numbers.")

    compare(2, 1, 28, [3, 4], {})
    general = "Any number of convolutions, channels and images: 16 features for each channel of each map."
    with explain(general):
        compare(1, 3, 32, [2, 3, 5], {general: anything})
        compare(3, 2, 16, [4], {general: anything})
