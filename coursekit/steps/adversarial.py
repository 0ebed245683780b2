"""Algorithm 1 of Goodfellow et al. 2014 with hooks: k updates of D, then one of G, each on fresh noise."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from coursekit.fit import Step
from coursekit.losses import NON_SATURATING, Loss
from coursekit.steps.game import Game, frozen

Penalty = Callable[..., Tensor | float]  # penalty(D, real, fake, *cond); content has the same signature


def no_penalty(D: nn.Module, real: Tensor, fake: Tensor, *cond: Tensor) -> float:
    """Adds nothing to a loss: the default penalty and the default content."""
    return 0.0


def no_projection(D: nn.Module) -> None:
    """Leaves D where its optimiser put it."""


def no_memory(fake: Tensor, *cond: Tensor) -> tuple[Tensor, ...]:
    """D sees this step's fakes."""
    return fake, *cond


def adversarial(
    game: Game,
    loss: Loss = NON_SATURATING,
    k: int = 1,
    penalty: Penalty = no_penalty,
    project: Callable[[nn.Module], None] = no_projection,
    remember: Callable[..., tuple[Tensor, ...]] = no_memory,
    content: Penalty = no_penalty,
) -> Step:
    """A step for `fit`: k updates of D, each on a new batch and new noise, then one update of G on new noise.

    `penalty(D, real, fake, *cond)` is added to D's loss, `content(D, real, fake, *cond)` to G's; both may return a
    tensor or 0. `project(D)` runs after each update of D. `remember(fake, *cond)` returns the fakes that D is shown and
    their conditions, from a replay buffer for instance. The step returns the losses that were optimised, hooks
    included. D's update leaves G untouched, and G's update leaves no gradient in D (Goodfellow et al. 2014, alg. 1).
    """
    if k < 1:
        raise ValueError(f"k is {k}: D needs at least one update a step")
    G, D, latent = game.G, game.D, game.latent

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        for _ in range(k):
            real, *cond = unpacked(next(batches))
            with torch.no_grad():
                fake, *fake_cond = remember(G(latent(len(real)), *cond), *cond)
            d_loss = loss.d(D(real, *cond), D(fake, *fake_cond)) + penalty(D, real, fake, *fake_cond)
            update(game.d_optimizer, d_loss)
            project(D)
        with frozen(D):
            fake = G(latent(len(real)), *cond)
            g_loss = loss.g(D(fake, *cond), lambda: D(real, *cond)) + content(D, real, fake, *cond)
            update(game.g_optimizer, g_loss)
        return {"d_loss": d_loss, "g_loss": g_loss}

    return step


def update(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """One update: old gradients away, new ones in, a step, and the gradients away again."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def unpacked(batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    if not isinstance(batch, tuple | list):
        raise TypeError(
            f"batches gave a {type(batch).__name__}, a step needs tuples (real, *cond): yield (x,), since the rows of "
            "a bare tensor would be taken for conditions"
        )
    return batch
