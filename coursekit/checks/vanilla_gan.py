"""What notebook 04 goes on with until the reader's functions pass: coursekit in the signatures of the stubs."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from coursekit.fit import fit
from coursekit.losses import MINIMAX, NON_SATURATING
from coursekit.steps.adversarial import adversarial, update
from coursekit.steps.game import Game, frozen


def discriminator_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """-V(D, G) in nats."""
    return MINIMAX.d(real_scores, fake_scores)


def saturating_generator_loss(fake_scores: Tensor) -> Tensor:
    """E log(1 - D(G(z))) in nats."""
    return MINIMAX.g(fake_scores, lambda: fake_scores)


def non_saturating_generator_loss(fake_scores: Tensor) -> Tensor:
    """-E log D(G(z)) in nats."""
    return NON_SATURATING.g(fake_scores, lambda: fake_scores)


def discriminator_step(D: nn.Module, G: nn.Module, d_optimizer: Optimizer, real: Tensor, z: Tensor) -> Tensor:
    """One update of D on `real` and G(z); the loss that was minimised."""
    with torch.no_grad():
        fake = G(z)
    loss = discriminator_loss(D(real), D(fake))
    update(d_optimizer, loss)
    return loss.detach()


def generator_step(D: nn.Module, G: nn.Module, g_optimizer: Optimizer, z: Tensor) -> Tensor:
    """One update of G through D; the loss that was minimised."""
    with frozen(D):
        loss = non_saturating_generator_loss(D(G(z)))
        update(g_optimizer, loss)
    return loss.detach()


def train_gan(
    G: nn.Module,
    D: nn.Module,
    g_optimizer: Optimizer,
    d_optimizer: Optimizer,
    batches: Iterator[tuple[Tensor, ...]],
    latent: Callable[[int], Tensor],
    n_steps: int,
    k: int = 1,
) -> dict[str, list[float]]:
    """Algorithm 1; both losses of each step."""
    step = adversarial(Game(G, D, g_optimizer, d_optimizer, latent), k=k)
    history = fit(step, batches, n_steps, progress=False)
    return {name: history[name].tolist() for name in history.names}
