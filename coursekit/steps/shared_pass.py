"""One pass of G a step, shared by both updates: a departure from Algorithm 1 that saves a third of the work.

Goodfellow's released code computes both gradients from one batch of noise; Algorithm 1 in the paper draws fresh noise
for G. Here D is updated first and then judges the same fakes again, so that G follows the D that just moved.
"""

from collections.abc import Iterator

from torch import Tensor

from coursekit.fit import Step
from coursekit.losses import NON_SATURATING, Loss
from coursekit.steps.adversarial import Penalty, no_penalty, unpacked, update
from coursekit.steps.game import Game, frozen


def shared_pass(game: Game, loss: Loss = NON_SATURATING, penalty: Penalty = no_penalty) -> Step:
    """A step for `fit`: one batch of fakes, D updated on them detached, then G updated through D on the same fakes."""
    G, D, latent = game.G, game.D, game.latent

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        real, *cond = unpacked(next(batches))
        fake = G(latent(len(real)), *cond)
        detached = fake.detach()
        d_loss = loss.d(D(real, *cond), D(detached, *cond)) + penalty(D, real, detached, *cond)
        update(game.d_optimizer, d_loss)
        with frozen(D):
            g_loss = loss.g(D(fake, *cond), lambda: D(real, *cond))
            update(game.g_optimizer, g_loss)
        return {"d_loss": d_loss, "g_loss": g_loss}

    return step
