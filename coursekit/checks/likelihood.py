"""What the mistakes of lesson 02 make of worked examples: a hint for each, with the value that the mistake gives."""

import math
from collections import Counter
from functools import reduce
from operator import add, and_, or_, truediv

import torch
from torch import Tensor
from torch.distributions import Normal

from coursekit.metrics.bleu import bleu, brevity_penalty, n_grams
from coursekit.metrics.parzen import parzen_log_likelihood

LOG_2 = math.log(2)
BITS = "That is the value in bits: take natural logarithms."


def kl_gaussians(mu0: Tensor, std0: Tensor, mu1: Tensor, std1: Tensor) -> Tensor:
    """The divergence in nats, elementwise, by torch."""
    return torch.distributions.kl_divergence(Normal(mu0, std0), Normal(mu1, std1))


def gaussian_mistakes(mu0: Tensor, std0: Tensor, mu1: Tensor, std1: Tensor) -> dict:
    """What each mistake in the closed form makes of it."""
    kl, log, d = kl_gaussians(mu0, std0, mu1, std1), torch.log(std1 / std0), mu0 - mu1
    top = std0**2 + d**2
    elementwise = "One divergence for each entry is asked for: no sum or mean over them."
    return {
        elementwise: lambda value: value.dim() == 0,
        BITS: kl / LOG_2,
        "That is the divergence of the second to the first.": kl_gaussians(mu1, std1, mu0, std0),
        "log(std1 / std0) is missing.": kl - log,
        "The logarithm is upside down: it is log(std1 / std0).": kl - 2 * log,
        "That takes std0 and std1 for variances: square them in the fraction.": (
            log / 2 + (std0 + d**2) / (2 * std1) - 0.5
        ),
        "Square the standard deviations in the fraction: the formula has variances there.": (
            log + (std0 + d**2) / (2 * std1) - 0.5
        ),
        "std1 is not squared in the denominator: it is 2 std1^2.": log + top / (2 * std1) - 0.5,
        "The logarithm is that of the standard deviations, or half that of the variances.": kl + log,
        "-1/2 is missing: two equal Gaussians have the divergence 0.": kl + 0.5,
        "`a / 2 * b` divides by 2 and multiplies by b: put brackets round the denominator.": log
        + top / 2 * std1**2
        - 0.5,
        "The 2 in the denominator is missing: it is 2 std1^2.": log + top / std1**2 - 0.5,
        "The denominator holds std1, that of the second Gaussian.": log + top / (2 * std0**2) - 0.5,
        "The distance of the means is not squared.": log + (std0**2 + d) / (2 * std1**2) - 0.5,
        "The distance of the means is squared, not its absolute value.": log
        + (std0**2 + d.abs()) / (2 * std1**2)
        - 0.5,
        "std0^2 is missing in the fraction.": log + d**2 / (2 * std1**2) - 0.5,
    }


def parzen_mistakes(samples: Tensor, x: Tensor, sigma: float) -> dict:
    """What each mistake makes of the density."""
    (m, d), n = samples.shape, len(x)
    right, distances = parzen_log_likelihood(samples, x, sigma), (x[:, None] - samples).norm(dim=2)
    squares, one = distances.square(), math.log(sigma * math.sqrt(2 * math.pi))
    logs = -squares / (2 * sigma**2) - d * one
    per_x = "One number for each x is asked for: the sum goes over the samples. Yours has one for each sample."

    def with_exponents(exponents):
        return torch.logsumexp(exponents, 1) - math.log(m) - d * one

    return {
        per_x: lambda value: value.shape == (m,),
        "One number for each x is asked for, yours is one for all: no mean or sum over x.": lambda v: v.dim() == 0,
        "The sum over the D dimensions is missing: the distance is that of whole points.": lambda v: v.dim() > 1,
        BITS: right / LOG_2,
        "That is the density: its logarithm is asked for.": right.exp(),
        "The constant D log(sigma sqrt(2 pi)) is missing.": right + d * one,
        "The constant counts D times, once for each dimension.": right + (d - 1) * one,
        "The constant has the wrong sign: it is subtracted.": right + 2 * d * one,
        "sqrt(2 pi) is missing in the constant.": right + d * math.log(math.sqrt(2 * math.pi)),
        "sigma is missing in the constant: D log(sigma sqrt(2 pi)).": right + d * math.log(sigma),
        "The constant is D log(sigma sqrt(2 pi)): the root is missing, or sigma is squared in it.": (
            right - d * math.log(math.sqrt(2 * math.pi))
        ),
        "log m is missing: the density is the mean of the Gaussians, not their sum.": right + math.log(m),
        "The mean is over the samples: divide by their number, not by that of x.": right + math.log(m) - math.log(n),
        "That is the mean of the logarithms: the logarithm of the mean is asked for.": logs.mean(1),
        "That is the sum of the logarithms: the logarithm of the mean is asked for.": logs.sum(1),
        "Only the nearest sample counts in yours: all of them add to the density.": logs.amax(1),
        "Only the nearest sample counts in yours: all of them add.": logs.amax(1) - math.log(m),
        "sigma is a standard deviation: square it in the exponent.": with_exponents(-squares / (2 * sigma)),
        "The exponent has 2 sigma^2 below: the 2 is missing.": with_exponents(-squares / sigma**2),
        "The distance is not squared in the exponent.": with_exponents(-distances / (2 * sigma**2)),
        "The squares are summed over the dimensions, not averaged.": with_exponents(-squares / d / (2 * sigma**2)),
        "The exponent lacks its minus: the density falls with the distance.": with_exponents(squares / (2 * sigma**2)),
    }


def neighbour_mistakes(samples: Tensor, train: Tensor) -> tuple[dict, dict]:
    """What mistakes make of the index, and of the distance."""
    m, d = len(train), samples.shape[1]
    table = torch.cdist(samples, train)
    nearest, second = table.topk(2, largest=False).values.T
    for_each = "One answer for each sample is asked for, yours has one for each training image: search the other way."
    one = "One answer for each sample is asked for, yours is one for all: search along one dimension."
    shapes = {for_each: lambda value: value.shape == (m,), one: lambda value: value.dim() == 0}
    of_index = shapes | {
        "That is the farthest training image, not the nearest.": table.argmax(1),
        "That is the second nearest: nothing says to leave out the first.": table.topk(2, largest=False).indices[:, 1],
    }
    of_distance = shapes | {
        "That is the squared distance: take the root.": nearest**2,
        "That is the mean over the pixels under the root: the distance has the sum.": nearest / math.sqrt(d),
        "That is the mean squared difference: the distance is the root of the sum.": nearest**2 / d,
        "That is the sum of absolute differences: Euclidean is the root of the sum of squares.": (
            torch.cdist(samples, train, p=1).amin(1)
        ),
        "That is the distance to the farthest.": table.amax(1),
        "That is the distance to the second nearest.": second,
        "That is the mean distance to all training images: only the nearest is asked for.": table.mean(1),
        "All distances came: only that to the nearest is asked for.": table,
    }
    return of_index, of_distance


def bleu_mistakes(candidate: list[str], references: list[list[str]], n: int) -> dict:
    """What each mistake makes of the score; at least one run of n words must be matched."""
    return {
        **mistakes_of_matching(candidate, references, n),
        **mistakes_of_penalty(candidate, references, n),
        **mistakes_of_mean(candidate, references, n),
    }


def counted_runs(candidate: list[str], references: list[list[str]], n: int) -> list[list[Counter]]:
    """For each length from 1 to n: the runs of the candidate, then those of each reference."""
    return [[n_grams(words, k) for words in (candidate, *references)] for k in range(1, n + 1)]


def mistakes_of_matching(candidate: list[str], references: list[list[str]], n: int) -> dict:
    counts = counted_runs(candidate, references, n)
    totals = [runs.total() for runs, *_ in counts]
    penalty = brevity_penalty(candidate, references)

    def score(matched, totals=totals):
        return penalty * math.prod(map(truediv, matched, totals)) ** (1 / n)

    return {
        "Matches are not clipped: a run counts at most as often as in one reference.": score(
            [sum(k for run, k in runs.items() if run in reduce(or_, others)) for runs, *others in counts]
        ),
        "Matches are clipped to all references together: the limit is the largest count in a single one.": score(
            [(runs & reduce(add, others)).total() for runs, *others in counts]
        ),
        "A run need not be in every reference: the limit is the largest count in a single one.": score(
            [(runs & reduce(and_, others)).total() for runs, *others in counts]
        ),
        "Each different run counts once in yours: count all of them, up to the limit.": score(
            [len(runs & reduce(or_, others)) for runs, *others in counts], [len(runs) for runs, *_ in counts]
        ),
        "The best single reference is not enough: the runs of all references count.": max(
            bleu(candidate, [words], n) for words in references
        ),
        "The runs of all references count, not those of the first alone.": bleu(candidate, references[:1], n),
    }


def mistakes_of_penalty(candidate: list[str], references: list[list[str]], n: int) -> dict:
    c, lengths = len(candidate), [len(words) for words in references]
    _, r = min((abs(length - c), length) for length in lengths)
    mean = bleu(candidate, references, n) / brevity_penalty(candidate, references)

    def to_length(length):
        return mean * math.exp(min(0, 1 - length / c))

    return {
        "r is the length of the reference nearest in length, not of the shortest.": to_length(min(lengths)),
        "The penalty for short texts is missing: exp(1 - r / c) where c < r.": mean,
        "r is the length of the reference nearest in length, not of the longest.": to_length(max(lengths)),
        "r is the length of one reference, the nearest in length, not the mean of all.": to_length(
            sum(lengths) / len(lengths)
        ),
        "r is the length of one reference, the nearest in length, not the sum of all.": to_length(sum(lengths)),
        "The penalty is upside down: exp(1 - r / c) where the candidate's c words are too few.": (
            mean * math.exp(1 - c / r)
        ),
        "The penalty is upside down: it is for texts that are too short.": mean * math.exp(min(0, 1 - c / r)),
        "The penalty is exp(1 - r / c), not c / r.": mean * min(1, c / r),
        "A text that is longer than the references gets no bonus: the penalty is at most 1.": (
            mean * math.exp(1 - r / c)
        ),
    }


def mistakes_of_mean(candidate: list[str], references: list[list[str]], n: int) -> dict:
    counts = counted_runs(candidate, references, n)
    totals = [runs.total() for runs, *_ in counts]
    right = [(runs & reduce(or_, others)).total() for runs, *others in counts]
    penalty, shares = brevity_penalty(candidate, references), list(map(truediv, right, totals))
    return {
        "That is the arithmetic mean: the geometric one is the n-th root of the product.": penalty * sum(shares) / n,
        "That is the sum of the precisions: the n-th root of their product is asked for.": penalty * sum(shares),
        "That is the product of the precisions: take its n-th root.": penalty * math.prod(shares),
        "Runs of 1 to n words count: yours looks at those of n words alone.": penalty * shares[-1],
        "Runs of 1 to n words count, n included: yours stops at n - 1.": bleu(candidate, references, max(n - 1, 1)),
        "Matches of all lengths are thrown together: take the precision of each length, then their geometric mean.": (
            penalty * sum(right) / sum(totals)
        ),
        "Divide by the number of runs, which is c - k + 1 for k words, not by the number of words.": (
            penalty * (math.prod(right) / len(candidate) ** n) ** (1 / n)
        ),
    }
