"""Penalties on D's slope, `penalty(D, real, fake, *cond)`, the weight clipping that they replaced, and total variation.

Set a weight with `functools.partial(r1, weight=1.0)`. Each penalty builds a graph through the gradient itself, so that
`backward` reaches D's parameters. Scores of one sample may not depend on another sample (no batch normalisation in D):
the gradient of the sum is then the gradient of each.
"""

import torch
from torch import Tensor, nn


def input_gradient(D: nn.Module, x: Tensor, *cond: Tensor) -> Tensor:
    """The gradient of each sample's score with respect to that sample: the shape of `x`, part of the graph."""
    x = x.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(D(x, *cond).sum(), x, create_graph=True)
    return gradient


def squared_norms(x: Tensor) -> Tensor:
    """The squared Euclidean norm of each sample: (N, ...) -> (N,)."""
    return x.square().flatten(1).sum(1)


def gradient_penalty(D: nn.Module, real: Tensor, fake: Tensor, *cond: Tensor, weight: float = 10.0) -> Tensor:
    """weight * E (||grad D(x)|| - 1)^2 on random points between reals and fakes (Gulrajani et al. 2017, eq. 3).

    `real` and `fake` have the same shape (N, ...). The mixing proportion is one uniform number a sample, drawn from
    torch's global generator. The default weight 10 is the paper's for images; on 2-D toys the authors' code uses 0.1.
    """
    if real.shape != fake.shape:
        raise ValueError(f"the penalty mixes pairs: real has shape {tuple(real.shape)}, fake {tuple(fake.shape)}")
    mix = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device)  # one per sample, any shape
    between = real.detach() * mix + fake.detach() * (1 - mix)
    norms = (squared_norms(input_gradient(D, between, *cond)) + 1e-12).sqrt()  # sqrt has no slope at 0
    return weight * (norms - 1).square().mean()


def r1(D: nn.Module, real: Tensor, fake: Tensor, *cond: Tensor, weight: float = 10.0) -> Tensor:
    """weight/2 * E ||grad D(x)||^2 on real samples (Mescheder et al. 2018, eq. 9)."""
    return weight / 2 * squared_norms(input_gradient(D, real, *cond)).mean()


def r2(D: nn.Module, real: Tensor, fake: Tensor, *cond: Tensor, weight: float = 10.0) -> Tensor:
    """weight/2 * E ||grad D(x)||^2 on generated samples (Mescheder et al. 2018, eq. 10)."""
    return weight / 2 * squared_norms(input_gradient(D, fake, *cond)).mean()


def r1_r2(D: nn.Module, real: Tensor, fake: Tensor, *cond: Tensor, weight: float = 1.0) -> Tensor:
    """R1 + R2 with one weight: what keeps the relativistic loss in place (Huang et al. 2024, sec. 2.3)."""
    return r1(D, real, fake, *cond, weight=weight) + r2(D, real, fake, *cond, weight=weight)


def clip_weights(D: nn.Module, limit: float = 0.01) -> None:
    """Clamp every parameter of D to [-limit, limit], in place (Arjovsky et al. 2017, alg. 1: limit 0.01)."""
    with torch.no_grad():
        for parameter in D.parameters():
            parameter.clamp_(-limit, limit)


def total_variation(x: Tensor) -> Tensor:
    """Mean |vertical difference| + mean |horizontal difference| of neighbouring pixels: 0 for a plain image.

    `x` is (N, C, H, W), at least 2 x 2 pixels; the result is 0-d. Unlike the penalties above it acts on G's image, not
    on D's slope (Rudin et al. 1992; Ledig et al. 2017 use it, with weight 2e-8, where content is compared in VGG22).
    """
    vertical, horizontal = x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]
    return vertical.abs().mean() + horizontal.abs().mean()
