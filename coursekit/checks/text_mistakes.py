"""What comes out of the exercises of lesson 15 by plausible mistakes: a hint -> the value that the mistake gives."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from coursekit.checks.judging import is_like, not_finite

NOT_DRAWN = "The largest entry of each row gets the 1: nothing is drawn here, the noise has done that already."
NO_STRAIGHT_WAY = (
    "A one-hot has no slope of its own: add something that is 0 in value and has the slope of probs. What has their "
    "value and no slope?"
)
NO_WAY = "The value is right, but `backward` finds no way back to {}: no `item`, `float`, `detach` or `no_grad`."
THROUGH_REWARDS = "A slope goes through the rewards: they are plain numbers here, `detach` them."
THROUGH_BASELINE = "A slope goes through the baseline: it is a plain number here, `detach` it, too."


def gumbel_mistakes(logits: Tensor, tau: float, noise: Tensor) -> dict[str, object]:
    """The relaxed words of plausible mistakes."""
    right = ((logits + noise) / tau).softmax(-1)
    wrong: dict[str, object] = {
        "That multiplies by tau: a small temperature makes a hard choice, so divide.": (
            ((logits + noise) * tau).softmax(-1)
        ),
        "Only the logits were divided by tau: noise and logits are added first.": (logits / tau + noise).softmax(-1),
        "Only the noise was divided by tau: noise and logits are added first.": (logits + noise / tau).softmax(-1),
        "The noise is missing, or is the same for all words of a row, which softmax does not see.": (
            (logits / tau).softmax(-1)
        ),
        "tau is missing: divide the sum by it, inside the softmax.": (logits + noise).softmax(-1),
        "tau belongs inside the softmax: your rows do not sum to 1.": (logits + noise).softmax(-1) / tau,
        "The noise is added, not subtracted.": ((logits - noise) / tau).softmax(-1),
        "logits are raw already: leave out the softmax before the noise.": (
            ((logits.softmax(-1) + noise) / tau).softmax(-1)
        ),
        "That is the logarithm: softmax, not log_softmax.": ((logits + noise) / tau).log_softmax(-1),
        "Those are the sums before the softmax.": (logits + noise) / tau,
        "That is the hard choice: the softmax is what gives it a slope.": one_hot(right.argmax(-1), right.shape[-1]),
        "The noise is Gumbel noise already: add it as it is.": (
            ((logits - torch.log(-torch.log(noise.sigmoid()))) / tau).softmax(-1)
        ),
        "`exp` of a large logit is infinite: subtract the largest first, as `torch.softmax` does.": not_finite,
    }
    if logits.dim() > 1:
        across = "The words are the last axis: each row along it sums to 1. You took another axis."
        wrong[across] = lambda value: any(
            is_like(value, ((logits + noise) / tau).softmax(axis)) for axis in range(logits.dim() - 1)
        )
        wrong["Each row has a softmax of its own: you took one over all entries."] = (
            ((logits + noise) / tau).flatten().softmax(0).reshape(logits.shape)
        )
    return wrong


def hard(probs: Tensor) -> Tensor:
    """The one-hot of the first largest entry of each row, float64."""
    return one_hot(probs.argmax(-1), probs.shape[-1]).double()


def through_mistakes(probs: Tensor) -> dict[str, object]:
    """The words of plausible mistakes."""
    right = hard(probs)

    def of_zeros_and_ones(value: Tensor) -> bool:
        whole = value.round()
        return value.shape == right.shape and bool(((value - whole).abs() < 1e-9).all() and whole.sum() == right.sum())

    wrong: dict[str, object] = {
        "Those are the probabilities: what comes out is whole words, exactly one 1 a row.": probs,
        "That is the one-hot plus probs: subtract what you added, without its slope.": right + probs,
        "That is the one-hot minus probs: add them again, with their slope.": right - probs,
        "Of equally large entries only the first gets the 1: one word a row.": (
            (probs == probs.amax(-1, keepdim=True)).double()
        ),
        "The largest entry may be below 1/2: compare it with the others, not with a threshold.": (probs > 0.5).double(),
        "The largest of each row is kept and the rest set to 0: a whole word is a 1.": right * probs,
        "Those are the numbers of the words: make them one-hot.": lambda value: value.shape == probs.shape[:-1],
    }
    if probs.dim() > 1:
        across = "Each row along the last axis is a word: you took the largest along another one."
        wrong[across] = lambda value: any(
            is_like(value, one_hot(probs.argmax(axis), probs.shape[axis]).double().movedim(-1, axis))
            for axis in range(probs.dim() - 1)
        )
        wrong["Each row has a word of its own: you took the largest entry of all."] = (
            one_hot(probs.argmax(), probs.numel()).double().reshape(probs.shape)
        )
    return wrong | {NOT_DRAWN: of_zeros_and_ones}


def through_slopes(probs: Tensor, weights: Tensor) -> dict[str, object]:
    """The slopes of plausible mistakes, where the entries of the result weigh `weights`."""
    right = hard(probs)
    return {
        NO_STRAIGHT_WAY: torch.zeros_like(probs),
        "The slope reaches the chosen word alone: every entry of probs gets that of its place.": weights * right,
        "The slope reaches all words but the chosen one: every entry of probs gets that of its place.": (
            weights * (1 - right)
        ),
        "That is twice the slope: probs are in the sum once with their slope, once without.": 2 * weights,
        "The slope has the wrong sign: add probs with their slope, subtract them without.": -weights,
        "The slope is multiplied with probs: backward is the identity, as if the result were probs.": weights * probs,
        "The slope went through a softmax: backward is the identity, probs are probabilities already.": (
            lambda value: value.shape == weights.shape and value.sum(-1).abs().max() < 1e-9
        ),
    }


def reinforce_mistakes(log_probs: Tensor, rewards: Tensor, baseline: float | Tensor) -> dict[str, object]:
    """The losses of plausible mistakes."""
    advantage = rewards - baseline
    terms, n = advantage * log_probs, len(log_probs)
    wrong: dict[str, object] = {
        "The minus is missing: minimising this makes rewarded words rare.": terms.sum(1).mean(),
        "That is the mean over all words: a sequence is the sum of its positions.": -terms.mean(),
        "That is the sum over the batch: take the mean over the sequences.": -terms.sum(),
        "You took the mean over the positions and the sum over the sequences: it is the other way round.": (
            -terms.mean(1).sum()
        ),
        "The baseline is missing.": -(rewards * log_probs).sum(1).mean(),
        "The baseline is subtracted from the rewards, not added.": -((rewards + baseline) * log_probs).sum(1).mean(),
        "The baseline is subtracted from the rewards before they meet log_probs: a bracket is missing.": (
            -(rewards * log_probs - baseline).sum(1).mean()
        ),
        "Those are logarithms already: no exp.": -(advantage * log_probs.exp()).sum(1).mean(),
        "Those are logarithms already: no second log.": -(advantage * log_probs.exp().clamp(min=1e-300))
        .log()
        .sum(1)
        .mean(),
        "Each word has a reward of its own: you gave every word the sum of its sequence.": (
            -(advantage.sum(1) * log_probs.sum(1)).mean()
        ),
        "Each word has a reward of its own: you gave every word the mean of its sequence.": (
            -(advantage.mean(1) * log_probs.sum(1)).mean()
        ),
        "The loss is one number: the mean over the sequences is missing.": -terms.sum(1),
    }
    if rewards.numel() > 1:
        wrong["The rewards are not scaled: subtract the baseline, nothing more."] = (
            -((rewards - rewards.mean()) / rewards.std() * log_probs).sum(1).mean()
        )
    if isinstance(baseline, Tensor) and baseline.dim() == 1 and len(baseline) == n > 1:
        wrong["baseline has one number for each position, not for each sequence: (L,) goes along the rows."] = (
            -((rewards - baseline[:, None]) * log_probs).sum(1).mean()
        )
    if isinstance(baseline, Tensor):
        wrong["baseline has one number for each position: you took their mean."] = (
            -((rewards - baseline.mean()) * log_probs).sum(1).mean()
        )
    return wrong
