"""Mistakes in the turns and the loop of lesson 04, made on purpose: a check knows the one that was made by its numbers.

Each is a sentence for the student and a function that makes the mistake.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from coursekit.checks.vanilla_gan import discriminator_step, generator_step
from coursekit.losses import minimax_d, non_saturating_g
from coursekit.steps.game import frozen

non_saturating = partial(non_saturating_g, real=None)


def turn(optimizer, scored: Callable[[], Tensor], old: bool = False, late: bool = False) -> Tensor:
    """An update on the loss scored(): with `old` on old gradients too, with `late` telling the loss after it."""
    loss = scored()
    if not old:
        optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return (scored() if late else loss).detach()


def d_turn(loss: Callable = minimax_d, turn: Callable = turn) -> Callable:
    """A discriminator_step that may be wrong."""
    return lambda D, G, optimizer, real, z: turn(optimizer, lambda: loss(D(real), D(G(z).detach())))


def g_turn(loss: Callable = non_saturating, turn: Callable = turn) -> Callable:
    """A generator_step that may be wrong; it leaves nothing in D."""

    def step(D, G, optimizer, z):
        with frozen(D):
            return turn(optimizer, lambda: loss(D(G(z))))

    return step


def leaving(D, G, optimizer, z):
    """A generator_step that leaves its gradients in D."""
    return turn(optimizer, lambda: non_saturating(D(G(z))))


NO_ZERO = "`zero_grad` belongs before `backward`, in every turn."
AFTER = "is the loss after the update: return the one that `backward` went through."
D_MISTAKES = {
    "In L_D real and fake have changed places: a real sample costs softplus(-s).": d_turn(lambda r, f: minimax_d(f, r)),
    "That is half of L_D: the sum of two means, not their mean.": d_turn(lambda r, f: minimax_d(r, f) / 2),
    "In L_D you summed over the batch where the formula has means.": d_turn(lambda r, f: len(r) * minimax_d(r, f)),
    "That is V for L_D: an optimiser goes down, so D minimises -V.": d_turn(lambda r, f: -minimax_d(r, f)),
    "In L_D a sigmoid was taken twice: the scores are raw.": d_turn(lambda r, f: minimax_d(r.sigmoid(), f.sigmoid())),
    "D was trained on real samples alone: the fakes are missing.": d_turn(lambda r, f: non_saturating(r)),
    "D was trained on fakes alone: the real samples are missing.": d_turn(lambda r, f: non_saturating(-f)),
    f"In D's turn old gradients were added to the new ones: {NO_ZERO}": d_turn(turn=partial(turn, old=True)),
    f"For D, that {AFTER}": d_turn(turn=partial(turn, late=True)),
}
G_MISTAKES = {
    "For G that is the saturating loss, log(1 - D): here it goes down -log D.": g_turn(lambda f: -non_saturating(-f)),
    "G labels its fakes as fake, and so learns to be caught.": g_turn(lambda f: non_saturating(-f)),
    "A minus was lost in G's loss, and so it learns to be caught.": g_turn(lambda f: -non_saturating(f)),
    "In G's loss you summed over the batch where the formula has a mean.": g_turn(lambda f: len(f) * non_saturating(f)),
    "That is half of G's loss, -log D.": g_turn(lambda f: non_saturating(f) / 2),
    "In G's loss a sigmoid was taken twice: the scores are raw.": g_turn(lambda f: non_saturating(f.sigmoid())),
    f"In G's turn old gradients were added to the new ones: {NO_ZERO}": g_turn(turn=partial(turn, old=True)),
    f"For G, that {AFTER}": g_turn(turn=partial(turn, late=True)),
}


def trainer(d_step: Callable = discriminator_step, g_step: Callable = generator_step) -> Callable:
    """A train_gan of two steps that may be wrong."""

    def train_gan(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k):
        history = {"d_loss": [], "g_loss": []}
        for _ in range(n_steps):
            for _ in range(k):
                (real,) = next(batches)
                d_loss = d_step(D, G, d_optimizer, real, latent(len(real)))
            history["d_loss"].append(d_loss)
            history["g_loss"].append(g_step(D, G, g_optimizer, latent(len(real))))
        return history

    return train_gan


def both_at_once(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k):
    """A train_gan whose G learns from the D of before D's last turn."""
    history = {"d_loss": [], "g_loss": []}
    for _ in range(n_steps):
        for i in range(k):
            (real,) = next(batches)
            d_loss = minimax_d(D(real), D(G(latent(len(real))).detach()))
            d_optimizer.zero_grad()
            d_loss.backward()
            if i == k - 1:
                g_loss = non_saturating(D(G(latent(len(real)))))
                g_optimizer.zero_grad()
                g_loss.backward(inputs=list(G.parameters()))
            d_optimizer.step()
        g_optimizer.step()
        history["d_loss"].append(d_loss.detach())
        history["g_loss"].append(g_loss.detach())
    return history


def other_way_round(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k):
    """A train_gan that tells each loss under the name of the other."""
    history = trainer()(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k)
    return {"d_loss": history["g_loss"], "g_loss": history["d_loss"]}


LEFT_IN_D = f"What G's turn left in D was added to D's next update: {NO_ZERO}"
TRAINING_MISTAKES = {
    **{hint: trainer(d_step=wrong) for hint, wrong in D_MISTAKES.items()},
    **{hint: trainer(g_step=wrong) for hint, wrong in G_MISTAKES.items()},
    LEFT_IN_D: trainer(d_turn(turn=partial(turn, old=True)), leaving),
    "G learned from the D of before: D's turns come first, each with its update, then G meets the new D.": both_at_once,
    "The two losses stand under each other's name.": other_way_round,
}
