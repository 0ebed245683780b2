"""What comes out of the exercises of lesson 10 by plausible mistakes: a hint -> the value that the mistake gives."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import interpolate, max_pool2d

from coursekit.checks.judging import Mistake, asked, close
from coursekit.data.pyramid import downsample, laplacian_pyramid, reconstruct, upsample


def resized(x: Tensor, factor: float, mode: str, align: bool | None = None) -> Tensor:
    return interpolate(x, scale_factor=factor, mode=mode, align_corners=align)


def down_mistakes(x: Tensor) -> dict[str, object]:
    """The halved images of plausible mistakes."""
    height, width = x.shape[2:]
    return {
        "That is every second pixel: take the mean of each block of 2 x 2, or fine stripes vanish or win.": (
            x[:, :, ::2, ::2]
        ),
        "That is the largest pixel of each block: take the mean.": max_pool2d(x, 2),
        "Those are sums: the mean divides by 4.": 4 * downsample(x),
        "That is half the size in one direction only.": lambda value: (
            value.dim() == 4 and (value.shape[2] == height or value.shape[3] == width)
        ),
        "That reaches beyond the block: each new pixel is the mean of its own 2 x 2 pixels.": resized(
            x, 0.5, "bicubic", False
        ),
        "The channels stay apart: no mean over them.": downsample(x).mean(1, keepdim=True),
    }


def up_mistakes(x: Tensor) -> dict[str, object]:
    """The doubled images of plausible mistakes."""
    spread = torch.zeros_like(resized(x, 2, "nearest"))
    spread[:, :, ::2, ::2] = x
    return {
        "That repeats each pixel: bilinear interpolation has no blocks.": resized(x, 2, "nearest"),
        "That is align_corners=True: pixels are areas, not points, and the image would shift and stretch.": resized(
            x, 2, "bilinear", True
        ),
        "That is bicubic: take bilinear.": resized(x, 2, "bicubic", False),
        "Zeros stand between the pixels: interpolate.": spread,
        "The borders fall off to 0: beyond the edge the border pixel is repeated.": lambda value: (
            value.shape == spread.shape and torch.allclose(inner(value), inner(upsample(x)), rtol=1e-6, atol=1e-9)
        ),
    }


def inner(x: Tensor) -> Tensor:
    return x[:, :, 1:-1, 1:-1]


def pyramid_mistakes(x: Tensor, n_levels: int) -> dict[str, list[Tensor]]:
    """The pyramids of plausible mistakes."""
    right, gauss = laplacian_pyramid(x, n_levels), [x]
    for _ in range(n_levels):
        gauss.append(downsample(gauss[-1]))

    def with_residuals(residual: Callable[[Tensor, Tensor], Tensor]) -> list[Tensor]:
        return [*(residual(fine, small) for fine, small in pairwise(gauss)), gauss[-1]]

    return {
        "The coarse image comes last: the order is fine to coarse, [h_0, h_1, ..., coarse].": right[::-1],
        "The residuals are in reverse: fine to coarse, [h_0, h_1, ..., coarse].": [*right[-2::-1], right[-1]],
        "The coarse image comes last, after the residuals.": [right[-1], *right[:-1]],
        "The coarse image is missing: without it nobody can rebuild the image.": right[:-1],
        "The residual is what was lost: image minus upsampled, not upsampled minus image.": with_residuals(
            lambda fine, small: upsample(small) - fine
        ),
        "Those are the images themselves: a residual is the image minus its upsampled half.": gauss,
        "Those are the upsampled images: a residual is the image minus that.": with_residuals(
            lambda fine, small: upsample(small)
        ),
        "The image is enlarged with repeated pixels: upsample is bilinear.": with_residuals(
            lambda fine, small: fine - resized(small, 2, "nearest")
        ),
        "upsample is bilinear with align_corners=False.": with_residuals(
            lambda fine, small: fine - resized(small, 2, "bilinear", True)
        ),
        "That takes every second pixel: downsample is the mean of 2 x 2.": subsampled(x, n_levels),
        "That is one level too many: n_levels residuals and the coarse image.": (
            laplacian_pyramid(x, n_levels + 1) if all(side % 2 ** (n_levels + 1) == 0 for side in x.shape[2:]) else []
        ),
        "That is one level too few: n_levels residuals and the coarse image.": laplacian_pyramid(
            x, max(n_levels - 1, 0)
        ),
    }


def subsampled(x: Tensor, n_levels: int) -> list[Tensor]:
    pyramid = []
    for _ in range(n_levels):
        small = x[:, :, ::2, ::2]
        pyramid, x = [*pyramid, x - upsample(small)], small
    return [*pyramid, x]


def rebuilt_mistakes(pyramid: Sequence[Tensor]) -> dict[str, object]:
    """The images of plausible mistakes."""
    *residuals, coarse = pyramid

    def rebuild(step: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        x = coarse
        for residual in reversed(residuals):
            x = step(x, residual)
        return x

    return {
        "Residuals are added: the image is the enlarged one plus what was lost.": rebuild(lambda x, h: upsample(x) - h),
        "The residuals are not added: that is the coarse image, enlarged.": rebuild(lambda x, h: upsample(x)),
        "Pixels are not clipped: what is beyond [-1, 1] half-way is needed on the next level.": rebuild(
            lambda x, h: (upsample(x) + h).clamp(-1, 1)
        ),
        "Pixels are not clipped: the rebuilt image is exact.": reconstruct(pyramid).clamp(-1, 1),
        "The image is enlarged with repeated pixels: upsample is bilinear.": rebuild(
            lambda x, h: resized(x, 2, "nearest") + h
        ),
        "upsample is bilinear with align_corners=False.": rebuild(lambda x, h: resized(x, 2, "bilinear", True) + h),
        "The finest residual is missing: add h_0, too.": rebuild(
            lambda x, h: upsample(x) + (0 if h is residuals[0] else h)
        ),
        "That is the finest residual: start at the coarse end, the last of the list.": pyramid[0],
    }


def compare_lists(
    got: object, wanted: list[Tensor], wrong: dict[str, list[Tensor]], call: str, arguments: dict
) -> None:
    """As `close`, for a list of tensors: the first law is the number of them, then each shape and its values."""
    question = asked(call, arguments)
    if not isinstance(got, list | tuple) or not all(isinstance(part, Tensor) for part in got):
        raise Mistake(
            f"{question}\nexpected a list of tensors, got a {type(got).__name__}.\nReturn a list, fine to coarse."
        )
    hint = next((text for text, parts in wrong.items() if same(got, parts)), "")
    if same(got, wanted):
        return
    if len(got) != len(wanted):
        came = f"expected {len(wanted)} tensors, got {len(got)}."
        raise Mistake(f"{question}\n{came}\n{hint or 'n_levels residuals, then the coarse image.'}")
    for k, (part, right) in enumerate(zip(got, wanted, strict=True)):
        name = "coarse, the last entry" if k == len(wanted) - 1 else f"h_{k}, entry {k}"
        why = hint or "Each level starts from the downsampled image of the one before."
        close(part, right, f"{name} of {call}", {why: lambda value: True}, arguments)


def same(a: Sequence[Tensor], b: Sequence[Tensor]) -> bool:
    """Whether two lists hold the same tensors, up to rounding."""
    if len(a) != len(b) or not len(a):
        return False
    pairs = list(zip(a, b, strict=True))
    return all(x.shape == y.shape and torch.allclose(x.double(), y, rtol=1e-9, atol=1e-9) for x, y in pairs)
