"""Sentences as decisions: a policy gradient in place of the gradient that a choice of words does not have.

SeqGAN (Yu et al. 2017) on top of REINFORCE (Williams 1992): D's verdict is a reward, and what a word was worth is
estimated by finishing the sentence several times from there.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from coursekit.fit import Step
from coursekit.losses import NON_SATURATING, Loss
from coursekit.nets.text import GRUGenerator
from coursekit.steps.adversarial import Penalty, no_penalty, unpacked, update


def reinforce_loss(log_probs: Tensor, rewards: Tensor, baseline: Tensor | float) -> Tensor:
    """A 0-d loss whose gradient is REINFORCE's estimate: minus the mean over sentences of sum_t (r_t - b_t) log p_t.

    log_probs (N, L) of the words that were chosen, rewards (N, L), `baseline` a number or anything that broadcasts to
    (N, L). No gradient flows into rewards or baseline (Williams 1992; Yu et al. 2017, eq. 7).
    """
    if log_probs.shape != rewards.shape or log_probs.dim() != 2:
        raise ValueError(f"log_probs {tuple(log_probs.shape)} and rewards {tuple(rewards.shape)} must both be (N, L)")
    advantage = rewards.detach() - torch.as_tensor(baseline).detach()
    return -(advantage * log_probs).sum(1).mean()


@torch.no_grad()
def rollout_reward(
    sequences: Tensor,
    rollout: Callable[[Tensor], Tensor],
    score: Callable[[Tensor], Tensor],
    n_rollouts: int,
) -> Tensor:
    """What each word was worth: (N, L) int64 -> (N, L), without a gradient (Yu et al. 2017, eq. 4).

    At position t = 1 ... L-1 it is the mean score of `n_rollouts` random completions of the first t words,
    `rollout(prefix (N, t)) -> (N, L)`; at position L the score of the sentence itself, `score((N, L)) -> (N,)`.
    """
    if n_rollouts < 1:
        raise ValueError(f"n_rollouts is {n_rollouts}: a word needs at least one completion")
    n, length = sequences.shape
    worth = []
    for t in range(1, length):
        finished = rollout(sequences[:, :t].repeat(n_rollouts, 1))  # all completions in one call
        worth.append(score(finished).view(n_rollouts, n).mean(0))
    return torch.stack([*worth, score(sequences)], 1)


def likelihood(G: GRUGenerator, optimizer: torch.optim.Optimizer) -> Step:
    """A step for `fit` on tuples (x,), one-hot sentences: maximum likelihood, "loss" in nats a word."""

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        (real,) = unpacked(next(batches))
        loss = -G.log_probs(real.argmax(2)).mean()
        update(optimizer, loss)
        return {"loss": loss}

    return step


def policy_gradient(
    G: GRUGenerator,
    D: nn.Module,
    g_optimizer: torch.optim.Optimizer,
    d_optimizer: torch.optim.Optimizer,
    loss: Loss = NON_SATURATING,
    n_rollouts: int = 4,
    penalty: Penalty = no_penalty,
    generator: torch.Generator | None = None,
) -> Step:
    """A step for `fit` on tuples (x,), one-hot sentences: one update of D, then one of G by its policy gradient.

    The reward is D's probability of "real", by roll-outs of G itself; the baseline is the batch's mean reward at each
    position. Since sentences are independent, a mean that holds the sentence itself scales the expected gradient by
    1 - 1/N and does nothing else. Returns "d_loss", "g_loss" (REINFORCE's, whose value says nothing) and "reward", the
    mean reward of whole sentences. Random words come from `generator`, torch's global one by default.
    """

    def judged(sentences: Tensor) -> Tensor:
        return torch.sigmoid(D(one_hot(sentences, G.n_words).float())[:, 0])

    def rollout(prefix: Tensor) -> Tensor:
        return G.complete(prefix, generator)

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        (real,) = unpacked(next(batches))
        fake = one_hot(G.sample(len(real), generator), G.n_words).float()
        d_loss = loss.d(D(real), D(fake)) + penalty(D, real, fake)
        update(d_optimizer, d_loss)
        sentences = G.sample(len(real), generator)
        rewards = rollout_reward(sentences, rollout, judged, n_rollouts)
        g_loss = reinforce_loss(G.log_probs(sentences), rewards, rewards.mean(0))
        update(g_optimizer, g_loss)
        return {"d_loss": d_loss, "g_loss": g_loss, "reward": rewards[:, -1].mean()}

    return step
