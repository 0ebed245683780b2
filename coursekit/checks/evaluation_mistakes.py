"""What comes out of the exercises of lesson 08 by plausible mistakes: a hint -> the value that the mistake gives."""

import math

import torch
from torch import Tensor

from coursekit.checks.judging import not_finite


def root_of(cov: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(cov)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def frechet_mistakes(mu0: Tensor, cov0: Tensor, mu1: Tensor, cov1: Tensor) -> dict[str, object]:
    """The distances of plausible mistakes."""
    shift, total = (mu0 - mu1).square().sum(), cov0.trace() + cov1.trace()
    root = root_of(cov0)
    cross = torch.linalg.eigvalsh(root @ cov1 @ root).clamp(min=0).sqrt().sum()
    product = cov0 @ cov1
    entries = "The root was taken of each entry: that of a matrix has the roots of its *eigenvalues*."
    triangle = "`eigh` reads one triangle of a matrix: the product of the covariances is not symmetric, S cov1 S is."
    right = shift + total - 2 * cross
    return {
        entries: shift + total - 2 * product.sqrt().trace(),
        "Only the variances were compared: the covariances between features count, too.": (
            shift + (cov0.diagonal().clamp(min=0).sqrt() - cov1.diagonal().clamp(min=0).sqrt()).square().sum()
        ),
        triangle: shift + total - 2 * torch.linalg.eigvalsh(product).clamp(min=0).sqrt().sum(),
        "The product of the two roots is not the root of the product, unless the two commute.": (
            shift + total - 2 * (root @ root_of(cov1)).trace()
        ),
        "The root of the product is missing: tr(cov0 cov1) has another unit.": shift + total - 2 * product.trace(),
        "The factor 2 before the root is missing.": shift + total - cross,
        "The distance of the means counts squared.": shift.sqrt() + total - 2 * cross,
        "You took the mean over the features where |mu0 - mu1|^2 is a sum.": shift / len(mu0) + total - 2 * cross,
        "The means are missing: add |mu0 - mu1|^2.": total - 2 * cross,
        "That is the distance of the means alone.": shift,
        "That is the root of the distance: the Frechet distance of the literature is the squared one.": right.sqrt(),
        "It is right to seven digits only: keep float64.": right,
        "A root of a slightly negative eigenvalue is nan: clamp at 0 before the root.": not_finite,
    }


def inception_mistakes(probs: Tensor) -> dict[str, object]:
    """The scores of plausible mistakes."""
    logs = probs.log().clamp(min=-1e300)
    marginal = probs.mean(0)

    def score(p: Tensor, q: Tensor) -> Tensor:
        return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)

    kl = score(probs, marginal)
    flat = torch.full_like(probs, 1 / probs.shape[1])
    again = probs.softmax(1)
    return {
        "p(y) is the mean over the images, axis 0: you took it over the classes.": (
            score(probs, probs.mean(1, keepdim=True)).mean().exp()
        ),
        "The divergence is turned round: it is KL(p(y|x) || p(y)).": (
            (torch.xlogy(marginal, marginal) - marginal * logs).sum(1).mean().exp()
        ),
        "Those are bits: exp goes with natural logarithms.": (kl / math.log(2)).mean().exp(),
        "exp is missing: that is the mean divergence in nats.": kl.mean(),
        "exp was taken of each image: first the mean over the images, then exp.": kl.exp().mean(),
        "The divergence is a sum over the classes: you took the mean over all entries.": (
            kl.mean() / probs.shape[1]
        ).exp(),
        "You summed over the images where a mean is asked for.": kl.sum().exp(),
        "The images are compared with the uniform distribution: p(y) is their own mean.": (
            score(probs, flat).mean().exp()
        ),
        "probs are probabilities already: leave out the softmax.": score(again, again.mean(0)).mean().exp(),
        "That is exp of the entropy of p(y): the mean entropy of p(y|x) has to be subtracted from it first.": (
            -torch.xlogy(marginal, marginal).sum()
        ).exp(),
        "Nearly right: a small number in the logarithm (`torch.xlogy` needs none), or float32 for float64.": (
            lambda value: value.dim() == 0 and 0 < (value - kl.mean().exp()).abs() < 1e-2
        ),
        "0 * log(0) is nan for the machine, and 0 here: `torch.xlogy(a, b)` is a * log(b) with that rule.": not_finite,
    }


def kid_mistakes(x: Tensor, y: Tensor) -> dict[str, object]:
    """The distances of plausible mistakes."""
    n, m, d = len(x), len(y), x.shape[1]

    def estimate(kernel, within=None, across=2.0):
        def unbiased(a):
            table = kernel(a, a)
            return (table.sum() - table.trace()) / (len(a) * (len(a) - 1))

        inside = unbiased if within is None else (lambda a: within(kernel(a, a)))
        return inside(x) + inside(y) - across * kernel(x, y).mean()

    def cubic(a, b):
        return (a @ b.T / d + 1) ** 3

    wrong = {
        "The pairs i = j are still in: each is as alike as can be, and makes the estimate too large.": (
            estimate(cubic, within=lambda table: table.mean())
        ),
        "The diagonal is out of the sum, and still counted in the number: divide by n (n - 1).": (
            estimate(cubic, within=lambda table: (table.sum() - table.trace()) / table.numel())
        ),
        "The diagonal is still in the sum, and not counted in the number: subtract the trace.": (
            estimate(cubic, within=lambda table: table.sum() / (len(table) * (len(table) - 1)))
        ),
        "The kernel divides the product by d, the number of features.": estimate(lambda a, b: (a @ b.T + 1) ** 3),
        "The + 1 in the kernel is missing.": estimate(lambda a, b: (a @ b.T / d) ** 3),
        "The kernel is cubic: ** 3.": estimate(lambda a, b: (a @ b.T / d + 1) ** 2),
        "The factor 2 before the pairs across is missing.": estimate(cubic, across=1.0),
        "The kernel has to be taken of each pair: that is the kernel of the mean features.": (
            cubic(x.mean(0)[None], x.mean(0)[None])
            + cubic(y.mean(0)[None], y.mean(0)[None])
            - 2 * cubic(x.mean(0)[None], y.mean(0)[None])
        ).squeeze(),
        "The estimate may be negative: cutting it off at 0 makes it biased again.": estimate(cubic).clamp(min=0),
        "The estimate may be negative: its absolute value is biased again.": estimate(cubic).abs(),
        "It is right to seven digits only: keep float64.": estimate(cubic),
        "A root was taken: KID is the squared distance, and may be negative.": estimate(cubic).clamp(min=0).sqrt(),
    }
    if n == m:
        table = cubic(x, y)
        across = (table.sum() - table.trace()) / (n * (n - 1))
        wrong["All pairs of an x with a y count, also those with the same number: no diagonal is left out there."] = (
            estimate(cubic, across=0.0) - 2 * across
        )
    return wrong


def apart(x: Tensor, y: Tensor) -> Tensor:
    return torch.linalg.vector_norm(x[:, None] - y, dim=2)


def coverage(points: Tensor, centers: Tensor, k: int) -> Tensor:
    """The share of points in a ball of a center, as a tensor."""
    return (apart(points, centers) <= apart(centers, centers).sort().values[:, k]).any(1).double().mean()


def coverage_mistakes(points: Tensor, centers: Tensor, k: int) -> dict[str, Tensor]:
    """The shares of plausible mistakes."""
    distances, within = apart(points, centers), apart(centers, centers).sort().values
    own = apart(points, points).sort().values[:, k, None]

    def share(inside: Tensor) -> Tensor:
        return inside.any(1).double().mean()

    radius = within[:, k]
    return {
        "The edge belongs to the ball: `<=`, not `<`.": share(distances < radius),
        "The two are exchanged: precision is a share of the fakes, recall one of the reals.": coverage(
            centers, points, k
        ),
        "The nearest point is the centre itself: the k-th *other* one is the (k + 1)-th smallest distance.": share(
            distances <= within[:, k - 1]
        ),
        "That is one neighbour too many: the k-th other has the index k, counted from 0, in the sorted distances.": (
            share(distances <= within[:, min(k + 1, within.shape[1] - 1)])
        ),
        "The balls are those of the wrong set: for precision they lie around real points, for recall around fakes.": (
            share(distances <= own)
        ),
        "A point counts if it is in *any* ball: you looked only at that of its nearest centre.": (
            (distances.min(1).values <= radius[distances.argmin(1)]).double().mean()
        ),
        "A point counts if it is in *any* ball: you asked for all of them, or for a mean.": (
            (distances <= radius).all(1).double().mean()
        ),
        "That is the share of pairs: a point counts once, if it is in any ball.": (distances <= radius).double().mean(),
        "Each ball has its own radius: you took one for all.": share(distances <= radius.mean()),
        "Squared distances were compared with distances.": share(distances**2 <= radius),
        "The radius is the distance of the k-th neighbour, not the mean over the nearest k.": share(
            distances <= within[:, 1 : k + 1].mean(1)
        ),
        "That is a number of points: divide by how many there are.": share(distances <= radius) * len(points),
    }


def memorised_mistakes(samples: Tensor, train: Tensor, heldout: Tensor) -> dict[str, object]:
    """The shares of plausible mistakes."""
    samples, train, heldout = (x.flatten(1) for x in (samples, train, heldout))

    def nearest(x: Tensor, others: Tensor) -> Tensor:
        return apart(x, others).min(1).values

    def share(ours: Tensor, theirs: Tensor, tie: float = 0.5) -> Tensor:
        ours = ours[:, None]
        return ((ours < theirs).double() + tie * (ours == theirs).double()).mean()

    ours, theirs = nearest(samples, train), nearest(heldout, train)
    wrong = {
        "The comparison is turned round: a sample that is *nearer* than the held-out image counts 1.": share(
            theirs, ours
        ),
        "Equal distances count one half: you counted them as 0.": share(ours, theirs, tie=0.0),
        "Equal distances count one half: you counted them as 1.": share(ours, theirs, tie=1.0),
        "Both distances are to the training set: you measured how near the held-out images are to the samples.": share(
            ours, nearest(heldout, samples)
        ),
        "Both distances are to the training set: you measured how near the samples are to the held-out images.": share(
            nearest(samples, heldout), theirs
        ),
        "The *nearest* training image is asked for: you took the mean distance.": share(
            apart(samples, train).mean(1), apart(heldout, train).mean(1)
        ),
        "The *nearest* training image is asked for: you took the farthest.": share(
            apart(samples, train).max(1).values, apart(heldout, train).max(1).values
        ),
        "All pairs count: you compared each sample with the mean of the held-out images.": share(
            ours, theirs.mean()[None]
        ),
        "All pairs count: you compared each sample with the median of the held-out images.": share(
            ours, theirs.median()[None]
        ),
        "That is a quotient of mean distances: count pairs.": ours.mean() / theirs.mean(),
        "That is a number of pairs: divide by how many there are.": share(ours, theirs) * len(ours) * len(theirs),
    }
    if len(train) > 1:
        wrong["The nearest training image was left out: a copy's own original is what you look for."] = share(
            *(apart(x, train).sort().values[:, 1] for x in (samples, heldout))
        )
    if len(ours) == len(theirs):
        wrong["All pairs count: you compared the first sample with the first held-out image, and so on."] = (
            (ours < theirs).double() + (ours == theirs).double() / 2
        ).mean()
    return wrong
