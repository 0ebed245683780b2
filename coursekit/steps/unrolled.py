"""Unrolled GAN (Metz et al. 2017): G is judged by the D that would be there after k more updates, not by today's."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from coursekit.fit import Step
from coursekit.losses import NON_SATURATING, Loss
from coursekit.steps.adversarial import unpacked, update
from coursekit.steps.game import Game


def unrolled_generator_loss(
    G: nn.Module, D: nn.Module, real: Tensor, z: Tensor, k: int, lr: float, loss: Loss = NON_SATURATING
) -> Tensor:
    """G's loss against D after k virtual updates of gradient descent at rate `lr`, all on `real` and G(z): 0-d.

    Its gradient with respect to G goes through all k updates: G feels how D would answer (Metz et al. 2017, eq. 8).
    D is not touched: parameters, buffers and gradients are what they were. k = 0 gives the ordinary loss.
    """
    fake = G(z)
    weights = {name: p.detach().requires_grad_(True) for name, p in D.named_parameters()}
    buffers = {name: b.clone() for name, b in D.named_buffers()}  # power iterations and statistics move in place

    def score(x: Tensor) -> Tensor:
        return functional_call(D, {**weights, **buffers}, (x,))

    for _ in range(k):
        d_loss = loss.d(score(real), score(fake))
        slopes = torch.autograd.grad(d_loss, list(weights.values()), create_graph=True)
        weights = {name: w - lr * slope for (name, w), slope in zip(weights.items(), slopes, strict=True)}
    return loss.g(score(fake), lambda: score(real))


def unrolled(game: Game, loss: Loss = NON_SATURATING, k: int = 5, lr: float = 0.1) -> Step:
    """A step for `fit` on tuples (real,): one update of D as in Algorithm 1, then one of G through k virtual ones."""
    G, D, latent = game.G, game.D, game.latent

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        (real,) = unpacked(next(batches))
        with torch.no_grad():
            fake = G(latent(len(real)))
        d_loss = loss.d(D(real), D(fake))
        update(game.d_optimizer, d_loss)
        g_loss = unrolled_generator_loss(G, D, real, latent(len(real)), k, lr, loss)
        update(game.g_optimizer, g_loss)
        return {"d_loss": d_loss, "g_loss": g_loss}

    return step
