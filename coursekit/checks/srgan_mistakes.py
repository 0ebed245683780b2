"""What comes out of the exercises of lesson 16 by plausible mistakes: a hint -> the value that the mistake gives."""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from coursekit.checks.judging import not_finite


def shuffle_mistakes(x: Tensor, r: int) -> dict[str, object]:
    """The images of plausible mistakes."""
    n, channels, h, w = x.shape
    c = channels // r**2
    blocks = x.reshape(n, c, r, r, h, w)

    def put(parts: Tensor, *order: int) -> Tensor:
        return parts.permute(*order).reshape(n, c, h * r, w * r)

    wrong = {
        "Each block is turned: the channels of one output channel fill it row by row, c r^2 + i r + j.": put(
            blocks, 0, 1, 4, 3, 5, 2
        ),
        "That is the channels-last order: torch keeps the r^2 channels of one output channel side by side.": put(
            x.reshape(n, r, r, c, h, w), 0, 3, 4, 1, 5, 2
        ),
        "Those are r x r small images side by side: each pixel (h, w) makes a block of r x r pixels.": put(
            blocks, 0, 1, 2, 4, 3, 5
        ),
        "A reshape alone tears the image apart: bring the axes into the order c, h, i, w, j first.": x.reshape(
            n, c, h * r, w * r
        ),
        "That repeats each pixel: the r^2 channels are the r x r pixels of a block.": (
            blocks.mean((2, 3)).repeat_interleave(r, 2).repeat_interleave(r, 3)
        ),
        "That repeats each pixel of the first channels: the r^2 channels are the r x r pixels of a block.": (
            blocks[:, :, 0, 0].repeat_interleave(r, 2).repeat_interleave(r, 3)
        ),
        "Rows and columns of the image are exchanged.": lambda value: value.shape == (n, c, w * r, h * r) and h != w,
        "Space becomes channels there: that is the way back.": lambda value: (
            value.dim() == 4 and value.shape[1] == channels * r**2
        ),
        "The channels are counted wrongly: C / r^2 are left.": lambda value: value.dim() == 4 and value.shape[1] != c,
        "Four axes come back: join h with i and w with j.": lambda value: value.dim() != 4,
    }
    return wrong


EQUAL = "Equal images have no error, and infinitely many decibels: no small number is added to the error."


def psnr_mistakes(a: Tensor, b: Tensor) -> dict[str, object]:
    """The decibels of plausible mistakes."""
    squares = (a - b).square()
    mse = squares.flatten(1).mean(1)
    by_channel = squares.mean((2, 3))

    def decibels(error: Tensor, peak: float = 2.0) -> Tensor:
        return 10 * (peak**2 / error).log10()

    whole = decibels(mse.mean())
    return {
        "That is a peak of 1: pixels lie in [-1, 1], a span of 2.": decibels(mse, 1.0),
        "That is a peak of 255: pixels lie in [-1, 1], a span of 2.": decibels(mse, 255.0),
        "That is the natural logarithm: decibels take log10.": 10 * (4 / mse).log(),
        "That is the logarithm to base 2: decibels take log10.": 10 * (4 / mse).log2(),
        "The factor is 10 for squares (20 is for their roots).": 2 * decibels(mse),
        "The factor 10 is missing: those are bels.": decibels(mse) / 10,
        "With the root of the error the factor is 20, not 10.": 10 * (2 / mse.sqrt()).log10(),
        "The peak is squared as the error is: 2^2.": 10 * (2 / mse).log10(),
        "The quotient is upside down: a smaller error has more decibels.": -decibels(mse),
        "That is the mean square alone: PSNR is 10 log10(4 / it).": mse,
        "That takes the whole batch at once: each image has an error, and a PSNR, of its own.": lambda value: (
            len(a) > 1 and bool(torch.isclose(value, whole.expand_as(value), rtol=1e-6).all())
        ),
        "That is the mean over the batch: return one number for each image, (N,).": decibels(mse).mean(),
        "That adds up the squares: PSNR takes their mean.": decibels(squares.flatten(1).sum(1)),
        "That is one PSNR for each channel, averaged: take one mean over all pixels and channels.": (
            decibels(by_channel).mean(1)
        ),
        "One number for each image, not for each channel: the mean goes over channels, too.": decibels(by_channel),
        "That is the mean absolute difference: PSNR takes squares.": decibels((a - b).abs().flatten(1).mean(1)),
        EQUAL: lambda value: value.shape == mse.shape and torch.allclose(value, decibels(mse), rtol=0, atol=1e-3),
    }


def content_mistakes(features, sr: Tensor, hr: Tensor) -> dict[str, object]:
    """The losses of plausible mistakes."""
    with torch.no_grad():
        difference = features(sr) - features(hr)
        of_difference = features(sr - hr)
    squares = difference.square()
    return {
        "That is the sum: take the mean, or larger maps would weigh more.": squares.sum(),
        "That adds up each image's features: take the mean over them, too.": squares.flatten(1).sum(1).mean(),
        "That compares pixels: compare features(sr) with features(hr).": (sr - hr).square().mean(),
        "Those are absolute differences: square them.": difference.abs().mean(),
        "That is the root of it.": squares.mean().sqrt(),
        "That is half of it.": squares.mean() / 2,
        "Those are the features of the difference: take the difference of the features.": of_difference.square().mean(),
        "Square first, then take the mean: differences of both signs cancel.": difference.mean().square(),
        "Features and pixels are both in it: features alone.": squares.mean() + (sr - hr).square().mean(),
        "One number comes back: the mean over everything.": lambda value: value.dim() > 0,
    }


def variation_mistakes(x: Tensor) -> dict[str, object]:
    """The losses of plausible mistakes."""
    down, right = x[:, :, 1:] - x[:, :, :-1], x[..., 1:] - x[..., :-1]
    both = down.abs().mean() + right.abs().mean()
    sums = down.abs().sum() + right.abs().sum()
    corner = down[..., :-1].square() + right[:, :, :-1].square()
    return {
        "The last row is compared with the first: there the image has an end, leave the wrap-around out.": sum(
            (x - x.roll(1, axis)).abs().mean() for axis in (2, 3)
        ),
        "Those are sums: take the mean of each direction.": sums,
        "Those are sums over each image: take the mean of each direction.": sums / len(x),
        "The number of differences is H - 1 by W and H by W - 1: you divided by the number of pixels.": (
            sums / x.numel()
        ),
        "That is one mean over both directions: each has a mean of its own, and they are added.": (
            sums / (down.numel() + right.numel())
        ),
        "Those are squares: total variation takes absolute values, which spare edges.": (
            down.square().mean() + right.square().mean()
        ),
        "That is the root of the squared differences at each pixel: add the two means of absolute values.": (
            corner.sqrt().mean()
        ),
        "Differences of both signs cancel: take absolute values before the mean.": down.mean() + right.mean(),
        "Differences of both signs cancel: take absolute values before the mean, not after it.": (
            down.mean().abs() + right.mean().abs()
        ),
        "The differences between columns are missing.": down.abs().mean(),
        "The differences between rows are missing.": right.abs().mean(),
        "That is half of it: the sum of two means.": both / 2,
        "Channels are no neighbours: compare rows and columns only.": (
            both + (x.diff(dim=1).abs().mean() if x.shape[1] > 1 else 0)
        ),
        "Rows and columns are axes 2 and 3, not 1 and 2.": (
            x.diff(dim=1).abs().mean() + down.abs().mean() if x.shape[1] > 1 else not_finite
        ),
        "One number comes back: the mean over everything.": lambda value: value.dim() > 0,
    }


BITS = "That is the value in bits: take natural logarithms."


def perceptual_mistakes(content: Tensor, scores: Tensor, weight: float) -> dict[str, object]:
    """The losses of plausible mistakes."""
    adversarial = softplus(-scores).mean()
    return {
        "The fakes are labelled fake, and G learns to be caught: it wants D to say real.": (
            content + weight * softplus(scores).mean()
        ),
        "That is the saturating log(1 - D): take -log D.": content - weight * softplus(scores).mean(),
        "A minus was lost: -log D is never below 0, and added.": content - weight * adversarial,
        "That sums over the scores: take their mean.": content + weight * softplus(-scores).sum(),
        "A sigmoid was taken twice: the scores are raw.": content + weight * softplus(-scores.sigmoid()).mean(),
        "Scores are no probabilities: D = sigmoid(s) goes into the logarithm.": content - weight * scores.mean(),
        "The weight stands at the adversarial term, not at the content.": weight * content + adversarial,
        "The content is not weighted: it counts in full.": (1 - weight) * content + weight * adversarial,
        "The weight is not used.": content + adversarial,
        "That is always the default weight: use the argument.": content + 1e-3 * adversarial,
        "The content is missing.": weight * adversarial,
        "The adversarial term is missing.": content,
        BITS: content + weight * adversarial / math.log(2),
        "One number comes back: the mean over all scores.": lambda value: value.dim() > 0,
    }
