"""Parzen windows: a density made of samples, and the log-likelihood that it gives to held-out data, in nats.

The protocol of Goodfellow et al. 2014, section 5: pixels in [0, 1], 10,000 samples of the model, sigma from `SIGMAS` on
the first 1,000 validation images, then mean and standard error over the 10,000 test images. Its figures rank models
badly (Theis et al. 2016): quote them to compare with old tables, not to judge a generator.
"""

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

SIGMAS = torch.logspace(-1, 0, 10, dtype=torch.float64).tolist()  # 0.1 to 1, for pixels in [0, 1]
CHUNK = 1000  # rows of x at a time: 40 MB of distances for 10,000 samples


def squared_distances(samples: Tensor, x: Tensor) -> Tensor:
    """|x_i - samples_j|^2 as (n, m), of samples (m, ...) and x (n, ...), each flattened to vectors of one length d.

    By |a|^2 + |b|^2 - 2ab: no (n, m, d) in memory. Both are centred on the samples' mean first, which changes no
    distance and keeps the numbers small that cancel; in float32 the error stays near 1e-6 of the largest squared norm.
    """
    samples, x = samples.flatten(1), x.flatten(1).to(samples)
    if samples.shape[1] != x.shape[1]:
        raise ValueError(f"samples have {samples.shape[1]} numbers each and x has {x.shape[1]}: they must agree")
    if not len(samples):
        raise ValueError("there are no samples: give at least one")
    center = samples.mean(0)
    a, b = x - center, samples - center
    cross = torch.addmm(b.square().sum(1), a, b.T, alpha=-2)
    return cross.add_(a.square().sum(1, keepdim=True)).clamp_(min=0)


def parzen_log_likelihood(samples: Tensor, x: Tensor, sigma: float) -> Tensor:
    """The log density in nats, float64 (n,), of each x (n, ...) under equal Gaussians of sd sigma on samples (m, ...).

    log mean_j N(x; samples_j, sigma^2 I), by logsumexp: far from all samples it stays finite. Units as the samples'.
    """
    d = samples[0].numel()
    return torch.cat([log_window(distances, sigma, d) for distances in distances_in_chunks(samples, x)])


def log_window(distances: Tensor, sigma: float, d: int) -> Tensor:
    """The same log density, float64 (n,), from squared distances (n, m) between points of d numbers each."""
    if not sigma > 0:
        raise ValueError(f"sigma is {sigma}: it must be greater than 0")
    log_sum = torch.logsumexp(distances / (-2 * sigma**2), 1).double()
    return log_sum - math.log(distances.shape[1]) - d * math.log(sigma * math.sqrt(2 * math.pi))


def choose_sigma(
    samples: Tensor, validation: Tensor, sigmas: Iterable[float] = SIGMAS
) -> tuple[float, list[tuple[float, float]]]:
    """The sigma with the highest mean log density of `validation`, and the curve: (sigma, nats) for each in order.

    The distances are computed once and serve all sigmas. Look at the curve: a best sigma at its end means that the
    range was too short.
    """
    sigmas, d = [float(sigma) for sigma in sigmas], samples[0].numel()
    totals = torch.zeros(len(sigmas), dtype=torch.float64)
    for distances in distances_in_chunks(samples, validation):
        totals += torch.stack([log_window(distances, sigma, d).sum().cpu() for sigma in sigmas])
    curve = list(zip(sigmas, (totals / len(validation)).tolist(), strict=True))
    return max(curve, key=lambda point: point[1])[0], curve


def mean_and_error(log_likelihoods: Tensor) -> tuple[float, float]:
    """Mean and standard error of log-likelihoods (n,): the spread over test images only, not over seeds of a model."""
    n = len(log_likelihoods)
    if n < 2:
        raise ValueError(f"got {n} log-likelihoods: a standard error needs at least 2")
    values = log_likelihoods.double()
    return values.mean().item(), values.std().item() / math.sqrt(n)


def distances_in_chunks(samples: Tensor, x: Tensor) -> Iterator[Tensor]:
    if not len(x):
        raise ValueError("there is no x: give at least one point")
    return (squared_distances(samples, part) for part in x.split(CHUNK))
