"""Checks of lesson 10: the pyramid and its way back, the generator of one level, the chain of all."""

from types import SimpleNamespace

import torch

from coursekit.checks import lapgan_answers as answers
from coursekit.checks import lapgan_mistakes as mistakes
from coursekit.checks.dcgan_nets import check_net
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import anything, close, exercise, expect, expect_error, explain
from coursekit.checks.lapgan_chain import check_chain, judge_level
from coursekit.checks.lapgan_probes import watch_chain
from coursekit.data import pyramid
from coursekit.nets import lapgan

HIDDEN = [  # they hold the answers
    "coursekit.data.pyramid",
    "coursekit.data.levels",
    "coursekit.nets.lapgan",
    "coursekit.lapgan",
    "coursekit.shipped",
]
SHAPES = "Any number of images and channels, and sides that differ: (N, C, H, W)."


@exercise(points=1, stand_in=pyramid.downsample)
def test_downsample(student):
    def compare(x, more):
        expect(student, "downsample", pyramid.downsample(x), mistakes.down_mistakes(x) | more, x=x)

    compare(numbers(1, 2, 4, 9).reshape(1, 1, 2, 2), {})
    compare(rand(2, 3, 4, 6), {})
    with explain(SHAPES):
        compare(rand(1, 1, 8, 2), {SHAPES: anything})
        compare(rand(3, 2, 6, 6), {SHAPES: anything})
    odd = "An odd side has no whole number of blocks: raise a ValueError, nothing is cut off unseen."
    for shape in ((1, 1, 7, 4), (2, 1, 4, 5)):
        expect_error(student, "downsample", "ValueError", odd, x=rand(*shape))


@exercise(points=1, stand_in=pyramid.upsample)
def test_upsample(student):
    def compare(x, more):
        expect(student, "upsample", pyramid.upsample(x), mistakes.up_mistakes(x) | more, x=x)

    compare(numbers(0, 4, 8, 4).reshape(1, 1, 2, 2), {})
    compare(rand(2, 3, 4, 5), {})
    with explain(SHAPES):
        compare(rand(1, 2, 3, 7), {SHAPES: anything})
        compare(rand(2, 1, 1, 1), {SHAPES: anything})


@exercise(points=2, stand_in=pyramid.laplacian_pyramid)
def test_laplacian_pyramid(student):
    def compare(x, n_levels):
        got = student.laplacian_pyramid(x, n_levels)
        wanted, wrong = pyramid.laplacian_pyramid(x, n_levels), mistakes.pyramid_mistakes(x, n_levels)
        arguments = {"x": x, "n_levels": n_levels}
        mistakes.compare_lists(got, wanted, wrong, "laplacian_pyramid(x, n_levels)", arguments)

    compare(2 * rand(1, 1, 8, 8) - 1, 2)
    compare(2 * rand(2, 3, 16, 8) - 1, 3)
    none = "With n_levels = 0 the pyramid is [x]."
    with explain(none):
        compare(2 * rand(1, 2, 3, 5) - 1, 0)
    compare(2 * rand(3, 1, 12, 4) - 1, 1)
    odd = "Where a side cannot be halved n_levels times: raise a ValueError."
    for size, n_levels in ((12, 3), (7, 1)):
        expect_error(student, "laplacian_pyramid", "ValueError", odd, x=rand(1, 1, size, 8), n_levels=n_levels)


@exercise(points=2, stand_in=pyramid.reconstruct)
def test_reconstruct(student):
    def compare(parts):
        with explain("Start at the end of the list, with the coarse image, and add the residual that fits."):
            got = student.reconstruct(parts)
        anywhere = "From coarse to fine: image = upsample(image) + residual, the last residual of the list first."
        hints = mistakes.rebuilt_mistakes(parts) | {anywhere: anything}
        close(got, pyramid.reconstruct(parts), "reconstruct(pyramid)", hints, {"pyramid": parts})

    compare(pyramid.laplacian_pyramid(2 * rand(2, 1, 8, 8) - 1, 2))
    compare([2 * torch.randn(1, 2, 12 // 2**k, 8 // 2**k).double() for k in range(3)])
    compare([torch.randn(2, 3, 3, 5).double()])
    compare([torch.randn(1, 1, 16 // 2**k, 16 // 2**k).double() for k in range(5)])


@exercise(points=3, stand_in=lapgan.LevelGenerator)
def test_LevelGenerator(student):
    same = "The residual has the shape of low: every convolution keeps the size, kernel 3 with padding 1."
    for size, channels, width in ((6, 1, 5), (8, 3, 4)):
        z, low = 2 * torch.rand(4, size * size) - 1, torch.randn(4, channels, size, size)
        check_net(student, "LevelGenerator", [size, channels, width], [z, low], low.shape, same, judge_level(width))


@exercise(points=3, stand_in=answers.sample_lapgan)
def test_sample_lapgan(student):
    reference = SimpleNamespace(sample_lapgan=answers.sample_lapgan)

    def compare(n, n_levels):
        sizes = [5, *((3 * 2**k) ** 2 for k in range(1, n_levels + 1))]
        play = {"noises": [torch.randn(n, size).double() for size in sizes], "n": n}
        call, arguments = "sample_lapgan(coarse, levels, latents, n)", {"n": n, "number of levels": n_levels}
        facts, wanted = student.probe(watch_chain, **play), watch_chain(reference, **play)
        check_chain(call, facts, wanted, arguments)

    compare(4, 2)
    compare(1, 1)
    with explain("Without levels the coarse images come back."):
        compare(3, 0)
    compare(2, 3)
