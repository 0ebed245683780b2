"""What can be known about the game exactly: on discrete distributions and on 1-D densities sampled on a grid.

A discrete distribution is a tensor of probabilities that sums to 1. A density is a tensor of its values on an even grid
of spacing dx; `density * dx` is then (nearly) a discrete distribution, so the divergences below serve both. Logarithms
are natural: all values are in nats. Use float64: a density's tail soon falls below what float32 can tell from 0.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def kl_divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) of two discrete distributions in nats, with 0 log 0 = 0; infinite where q misses a value of p."""
    _same_shape(p, q)
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """-sum p log q in nats, with 0 log 0 = 0: the price of coding p with q's code; KL(p || q) plus p's entropy."""
    _same_shape(p, q)
    return -torch.xlogy(p, q).sum()


def js_divergence(p: Tensor, q: Tensor) -> Tensor:
    """Jensen-Shannon divergence of two discrete distributions, in [0, log 2] nats: 0 only where p = q everywhere."""
    total = p + q  # against the total, not its half: half of the smallest positive float is 0, and KL infinite
    return (kl_divergence(2 * p, total) + kl_divergence(2 * q, total)) / 4


def optimal_discriminator(p_data: Tensor, p_g: Tensor) -> Tensor:
    """D*(x) = p_data / (p_data + p_g), in [0, 1]; 1/2 where both are zero (Goodfellow et al. 2014, Proposition 1)."""
    _same_shape(p_data, p_g)
    total = p_data + p_g
    seen = total > 0
    return torch.where(seen, p_data / torch.where(seen, total, 1), 0.5)


def smoothed_optimal_discriminator(p_data: Tensor, p_g: Tensor, alpha: float, beta: float) -> Tensor:
    """The best D when real is labelled alpha and fake beta: (alpha p_data + beta p_g) / (p_data + p_g).

    1/2 where both are zero. alpha = 1 and beta = 0 give `optimal_discriminator` (Salimans et al. 2016, section 3.4).
    """
    _same_shape(p_data, p_g)
    total = p_data + p_g
    seen = total > 0
    return torch.where(seen, (alpha * p_data + beta * p_g) / torch.where(seen, total, 1), 0.5)


def value_function(d: Tensor, p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """V(D, G) = sum (p_data log d + p_g log(1 - d)) dx in nats, d in [0, 1] on the grid (Goodfellow 2014, eq. 1).

    Logarithms stop at -100, as in torch's BCELoss: a d of 1 - 1e-17 rounds to 1, and log(0) would make V infinite.
    """
    _same_shape(d, p_data)
    _same_shape(d, p_g)
    log_d, log_not_d = d.log().clamp(min=-100), (1 - d).log().clamp(min=-100)
    return ((p_data * log_d + p_g * log_not_d) * dx).sum()


def virtual_training_criterion(p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """C(G) = max_D V(D, G) = V(D*, G) in nats: -log 4 where p_g = p_data, 0 where they never meet (Theorem 1)."""
    return value_function(optimal_discriminator(p_data, p_g), p_data, p_g, dx)


def jsd_from_discriminator(scores_real: Tensor, scores_fake: Tensor) -> Tensor:
    """The estimate (V + log 4) / 2 of the Jensen-Shannon divergence in nats, from raw scores (logits) on samples.

    Its expectation is at most the divergence, and equal to it for the optimal D alone. The samples must be ones that D
    was not trained on: on its own training samples the estimate can be anything up to log 2.
    """
    if not len(scores_real) or not len(scores_fake):
        raise ValueError(f"got {len(scores_real)} real and {len(scores_fake)} fake scores: pass at least one of each")
    value = logsigmoid(scores_real).mean() + logsigmoid(-scores_fake).mean()
    return (value + math.log(4)) / 2


def normal_pdf(x: Tensor, mean: float = 0.0, sd: float = 1.0) -> Tensor:
    """The density of N(mean, sd^2) at each x, same shape as x."""
    if not sd > 0:
        raise ValueError(f"the standard deviation is {sd}: it must be greater than 0")
    return torch.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * math.sqrt(2 * math.pi))


def mixture_pdf(x: Tensor, means: Sequence[float], sds: Sequence[float], weights: Sequence[float]) -> Tensor:
    """The density at each x of a mixture of normals; the weights are shares and sum to 1. Lists or 1-D tensors."""
    if not len(means) == len(sds) == len(weights):
        raise ValueError(f"got {len(means)} means, {len(sds)} sds and {len(weights)} weights: one of each per normal")
    if min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
        raise ValueError(f"the weights {weights} must be at least 0 and sum to 1")
    return sum(w * normal_pdf(x, mean, sd) for mean, sd, w in zip(means, sds, weights, strict=True))


def kl_gaussians(mu0: float, std0: float, mu1: float, std1: float) -> float:
    """KL(N(mu0, std0^2) || N(mu1, std1^2)) in nats: log(std1/std0) + (std0^2 + (mu0 - mu1)^2) / (2 std1^2) - 1/2."""
    if not (std0 > 0 and std1 > 0):
        raise ValueError(f"the standard deviations are {std0} and {std1}: both must be greater than 0")
    return math.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2) - 0.5


def _same_shape(p: Tensor, q: Tensor) -> None:
    if p.shape != q.shape:
        raise ValueError(f"the shapes are {tuple(p.shape)} and {tuple(q.shape)}: give both values on the same points")
