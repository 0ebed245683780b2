"""What comes out of the exercises of lesson 06 by plausible mistakes: a hint -> the value that the mistake gives."""

import math

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import softplus

LUCKY = "A mode was counted from one sample on: it takes min_share of all samples."
OF_GOOD = "The share was taken of the good samples: it is a share of all N samples, good or not."
NOT_ROOTED = "Squared distances were compared with the radius: take the root, or square the radius as well."
SQUARED = "Distances were compared with the squared radius: compare them with the radius itself."
STRICT_SHARE = "Exactly min_share of the samples is enough: `>=`, not `>`."
STRICT_RADIUS = "A sample at exactly the distance radius is within it: `<=`, not `<`."
EVERY = "A sample was counted for every centre within the radius: it belongs to its nearest centre alone."


def count_mistakes(samples: Tensor, centers: Tensor, radius: float, min_share: float) -> dict[str, int]:
    """The counts of plausible mistakes."""
    distances = torch.linalg.vector_norm(samples[:, None] - centers, dim=2)
    nearest = torch.nn.functional.one_hot(distances.argmin(1), len(centers)).bool()
    good, n = nearest & (distances <= radius), len(samples)

    def held(mask, at_least=min_share * n):
        return int((mask.sum(0) >= at_least).sum())

    return {
        EVERY: held(distances <= radius),
        LUCKY: held(good, 1),
        OF_GOOD: held(good, min_share * good.sum()),
        STRICT_SHARE: int((good.sum(0) > min_share * n).sum()),
        STRICT_RADIUS: held(nearest & (distances < radius)),
        NOT_ROOTED: held(nearest & (distances**2 <= radius)),
        SQUARED: held(nearest & (distances <= radius**2)),
        "The radius is not used: a sample far from every centre is in no mode.": held(nearest),
        "That is the number of centres: count those that hold enough samples.": len(centers),
    }


def kl_mistakes(samples: Tensor, centers: Tensor) -> dict[str, object]:
    """The values of plausible mistakes."""
    nearest = torch.linalg.vector_norm(samples[:, None] - centers, dim=2).argmin(1)
    counts = torch.bincount(nearest, minlength=len(centers)).double()
    shares, log_m = counts / counts.sum(), math.log(len(centers))
    minus_entropy = torch.xlogy(shares, shares).sum()
    wanted = minus_entropy + log_m
    present = counts[counts > 0]
    return {
        "It is right to seven digits only: counts become float32 by `.float()`; take `.double()`.": wanted,
        "The divergence is turned round: the counts come first, KL(counts || uniform).": -shares.log().mean() - log_m,
        "That is the value in bits: take natural logarithms.": wanted / math.log(2),
        "log M is missing: the uniform distribution gives each centre 1/M, not 1.": minus_entropy,
        "That is the entropy of the shares: the KL is log M minus that.": -minus_entropy,
        "Empty modes were left out of M: the uniform distribution counts them too.": (
            minus_entropy + math.log(len(present))
        ),
        "That is the mean over the centres: a divergence is a sum, weighted with the shares.": wanted / len(centers),
        "Counts stand where shares belong: divide them by N.": torch.xlogy(counts, counts / counts.sum()).sum()
        + counts.sum() * log_m,
        "An empty mode makes 0 * log(0), which is nan: 0 log 0 counts as 0, as in `torch.xlogy`.": _not_finite,
    }


def _not_finite(value: Tensor) -> bool:
    return not value.isfinite().all()


def with_channel(x: Tensor, spread: Tensor | float) -> Tensor:
    """`x` with one channel more that holds `spread`."""
    spread = torch.as_tensor(spread, dtype=x.dtype)
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)


def stddev_mistakes(x: Tensor) -> dict[str, Tensor]:
    """The values of plausible mistakes."""
    sd = (x.var(0, correction=0) + 1e-8).sqrt()
    spreads = {
        "Right up to the 1e-8, which belongs under the root: without it the slope of a batch of copies is nan.": (
            x.var(0, correction=0).sqrt().mean()
        ),
        "The variance was divided by N - 1: divide by N, with `correction=0`.": (
            (x.var(0, correction=0) * len(x) / max(len(x) - 1, 1) + 1e-8).sqrt().mean()
        ),
        "That is the spread over the features of a sample: take it over the batch, axis 0.": (
            (x.var(1, correction=0) + 1e-8).sqrt().mean()
        ),
        "That is the spread of all numbers together: first one for each entry over the batch, then the mean.": (
            (x.var(correction=0) + 1e-8).sqrt()
        ),
        "The standard deviations were summed over the entries where a mean is asked for.": sd.sum(),
        "The mean was taken before the root: first the root of each entry's variance.": (
            (x.var(0, correction=0).mean() + 1e-8).sqrt()
        ),
        "That is the variance: its root is missing.": x.var(0, correction=0).mean(),
    }
    values = {text: with_channel(x, spread) for text, spread in spreads.items()}
    right = with_channel(x, sd.mean())
    return values | {
        "The new channel comes last, after those of x.": torch.cat([right[:, -1:], x], 1),
        "That is the new channel alone: join it to x.": right[:, -1:],
        "That is the spread alone: it becomes one more channel of x.": sd.mean(),
        "Each entry kept its own spread: average over all entries, one number everywhere.": torch.cat(
            [x, sd[None].expand_as(x)], 1
        ),
    }


def discrimination_mistakes(features: Tensor, kernels: Tensor) -> dict[str, Tensor]:
    """The layer's outputs by plausible mistakes."""
    matrices = torch.einsum("nf,fkd->nkd", features, kernels)
    apart = matrices[:, None] - matrices[None]
    near = torch.exp(-apart.abs().sum(3))
    n, n_kernels = len(features), kernels.shape[1]
    mixed = torch.exp(-apart.abs().sum((2, 3)))[..., None].expand(-1, -1, n_kernels)
    right = near.sum(1)
    beside = {
        "Each sample counts itself too: the sum is over all j, the smallest value is 1.": right - 1,
        "That is the mean over the batch: the new features are sums.": right / n,
        "That is the mean over the others: the new features are sums over all j.": (right - 1) / max(n - 1, 1),
        "That is the Euclidean distance: the formula has the sum of absolute values.": (
            torch.exp(-apart.norm(dim=3)).sum(1)
        ),
        "That is the squared distance: the formula has the sum of absolute values.": (
            torch.exp(-apart.square().sum(3)).sum(1)
        ),
        "The absolute value is missing: differences of both signs cancel.": torch.exp(-apart.sum(3)).sum(1),
        "The sum over kernel_dim went into a mean: it is the sum of absolute values.": (
            torch.exp(-apart.abs().mean(3)).sum(1)
        ),
        "The kernels were mixed: each has its own distance, summed over kernel_dim only.": mixed.sum(1),
        "The exponential was taken before the sum over kernel_dim: first the distance, then exp.": (
            torch.exp(-apart.abs()).sum((1, 3))
        ),
        "These are distances: closeness is exp(-distance).": apart.abs().sum((1, 3)),
        "The minus is missing: closeness is exp(-distance), at most 1 for each pair.": torch.exp(
            apart.abs().sum(3)
        ).sum(1),
    }
    return {text: torch.cat([features, new], 1) for text, new in beside.items()} | {
        "The new features stand alone: join them to the features that came in.": right,
        "The new features come last, after those that came in.": torch.cat([right, features], 1),
    }


def unroll(sign=-1, rate=None, steps=None, keep=True, g=None):
    """An unrolled loss with one thing done differently."""

    def loss(G, D, real, z, k, lr):
        fake = G(z)
        weights = dict(D.named_parameters())
        weights = {name: p.detach().requires_grad_() for name, p in weights.items()}
        for _ in range(k if steps is None else min(k, steps)):
            scores = [functional_call(D, weights, (x,)) for x in (real, fake)]
            d_loss = softplus(-scores[0]).mean() + softplus(scores[1]).mean()
            slopes = torch.autograd.grad(d_loss, list(weights.values()), create_graph=True)
            step = sign * (lr if rate is None else rate)
            pairs = zip(weights.items(), slopes, strict=True)
            weights = {name: w + step * (s if keep else s.detach()) for (name, w), s in pairs}
        score = functional_call(D, weights, (fake,))
        return softplus(-score).mean() if g is None else g(score)

    return loss


NO_GRAPH = "No slope goes through the virtual updates: `create_graph=True`, and no `detach`, of the fakes neither."
UNROLLED_VALUES = {
    "k is not used: that is the loss against today's D.": unroll(steps=0),
    "Only one of the k updates was made.": unroll(steps=1),
    "D's virtual updates go up its loss: it descends, w - lr * slope.": unroll(sign=1),
    "The learning rate is missing in the virtual updates.": unroll(rate=1.0),
    "That is the saturating loss, log(1 - D): here it is -log D.": unroll(g=lambda s: -softplus(s).mean()),
    "The fakes count as fake in G's loss: it is -log D, so G is glad when D takes them for real.": unroll(
        g=lambda s: softplus(s).mean()
    ),
    "You summed over the batch where the formula has a mean.": unroll(g=lambda s: softplus(-s).sum()),
    "The sign of G's loss is turned round: it is -log D.": unroll(g=lambda s: -softplus(-s).mean()),
}


def pack_mistakes(x: Tensor, m: int) -> dict[str, Tensor]:
    """What packing becomes by plausible mistakes."""
    groups = x.unflatten(0, (-1, m))
    wrong = {
        "Each pack takes every N/m-th sample: a pack is m samples in a row.": (
            x.unflatten(0, (m, -1)).transpose(0, 1).flatten(1, 2)
        ),
        "The channels of the samples are interleaved: first all channels of the first sample, then the next.": (
            groups.transpose(1, 2).flatten(1, 2)
        ),
        "The samples are joined along the last axis: join them along the channels, axis 1.": torch.cat(
            list(groups.unbind(1)), -1
        ),
        "A pack is one sample with m C channels: join both axes, the m samples and their channels.": groups,
        "All axes were flattened: height and width stay.": groups.flatten(1),
        "The samples of a pack are in reverse order.": groups.flip(1).flatten(1, 2),
        "That is the mean of the pack: D is to see each of its samples.": groups.mean(1),
    }
    right = groups.flatten(1, 2)
    return {text: value for text, value in wrong.items() if value.shape != right.shape or not torch.equal(value, right)}
