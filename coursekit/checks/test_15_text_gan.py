"""Checks of lesson 15: a soft choice, a hard one with a slope, a policy loss, rewards for each word."""

import torch
from torch import Tensor

from coursekit.checks import text_mistakes as mistakes
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, close, exercise, expect, explain
from coursekit.checks.slopes import differentiate
from coursekit.checks.text_probes import watch_rollouts
from coursekit.checks.text_rollouts import check_rewards, draw_sequences
from coursekit.nets import text
from coursekit.steps import sequence

HIDDEN = [  # they hold the answers
    "coursekit.nets.text",
    "coursekit.steps.sequence",
    "coursekit.text_gan",
]


# temperatures and baselines are exact in float32: whoever makes a tensor of a number makes one of that


def gumbel(*shape: int) -> Tensor:
    return -torch.empty(*shape, dtype=torch.float64).exponential_().log()


def weights(x: Tensor) -> Tensor:
    """The weights of the entries of a result in the probe `differentiate`."""
    return torch.arange(1.0, x.numel() + 1, dtype=torch.float64).cos().reshape(x.shape)


@exercise(points=2, stand_in=text.gumbel_softmax)
def test_gumbel_softmax(student):
    def compare(logits, tau, noise, more):
        wanted, arguments = ((logits + noise) / tau).softmax(-1), {"logits": logits, "tau": tau, "noise": noise}
        wrong = mistakes.gumbel_mistakes(**arguments)
        expect(student, "gumbel_softmax", wanted, wrong | more, **arguments)

    own = "The noise is the argument `noise`: no other is drawn."
    compare(numbers(0, 1, 2), 0.5, numbers(0.3, -0.2, 0.9), {own: anything})
    compare(torch.randn(4, 5).double(), 2.0, gumbel(4, 5), {own: anything})
    last = "Logits may be (V,), (N, V) or (N, L, V): the words are the last axis."
    with explain(last):
        compare(torch.randn(3, 2, 4).double(), 0.75, gumbel(3, 2, 4), {last: anything})
        compare(torch.randn(2, 3, 3).double(), 0.25, gumbel(2, 3, 3), {last: anything})
        compare(torch.randn(1, 6).double(), 1.0, gumbel(1, 6), {last: anything})
    large = "Logits of any size: an infinity or a nan must not come up."
    compare(1000 * torch.randn(3, 4).double(), 0.125, gumbel(3, 4), {large: anything})
    logits, noise = torch.randn(3, 4).double(), gumbel(3, 4)
    facts = student.probe(differentiate, name="gumbel_softmax", arguments=[logits, 0.625, noise], leaves=[0])
    y = ((logits + noise) / 0.625).softmax(-1)
    slope = y * (weights(y) - (y * weights(y)).sum(-1, keepdim=True)) / 0.625
    call, cut = "the slope of gumbel_softmax(logits, tau, noise) by logits", mistakes.NO_WAY.format("logits")
    if facts["slopes"] is None:
        raise Mistake(f"{call}: there is none.\n{cut}")
    close(facts["slopes"][0], slope, call, {cut: anything}, {"logits": logits, "tau": 0.625, "noise": noise})


@exercise(points=2, stand_in=text.straight_through)
def test_straight_through(student):
    def compare(probs, more):
        hints = mistakes.through_mistakes(probs) | more
        expect(student, "straight_through", mistakes.hard(probs), hints, probs=probs)
        facts = student.probe(differentiate, name="straight_through", arguments=[probs], leaves=[0])
        call = "the slope of straight_through(probs) by probs"
        if facts["slopes"] is None:
            raise Mistake(f"{call}: there is none.\n{mistakes.NO_STRAIGHT_WAY}")
        by_mistake = mistakes.through_slopes(probs, weights(probs))
        identity = {"Backward is the identity: each entry of probs gets the slope of its place.": anything}
        close(facts["slopes"][0], weights(probs), call, by_mistake | identity, {"probs": probs})

    compare(numbers(0.2, 0.1, 0.4, 0.3, 0.1, 0.45, 0.25, 0.2).reshape(2, 4), {})
    compare((0.3 * torch.randn(40, 5)).double().softmax(-1), {})
    last = "probs may be (V,), (N, V) or (N, L, V): a word is a row along the last axis."
    with explain(last):
        compare(torch.randn(3, 4, 5).double().softmax(-1), {last: anything})
        compare(torch.randn(2, 3, 3).double().softmax(-1), {last: anything})
        compare(torch.randn(6).double().softmax(-1), {last: anything})
    ties = "Of equally large entries the one with the lower index gets the 1."
    compare(numbers(0.25, 0.375, 0.375, 0.4, 0.2, 0.4).reshape(2, 3), {ties: anything})
    compare(torch.full((2, 4), 0.25).double(), {ties: anything})
    compare(torch.eye(3).double(), {"What is whole already stays as it is.": anything})


@exercise(points=3, stand_in=sequence.reinforce_loss)
def test_reinforce_loss(student):
    call = "reinforce_loss(log_probs, rewards, baseline)"
    number = "baseline may be a plain number, which has no `detach`, no `shape` and no `dim`, or a tensor."

    def compare(log_probs, rewards, baseline, more):
        arguments = {"log_probs": log_probs, "rewards": rewards, "baseline": baseline}
        wanted = -((rewards - baseline) * log_probs).sum(1).mean()
        with explain(number):
            expect(student, "reinforce_loss", wanted, mistakes.reinforce_mistakes(**arguments) | more, **arguments)
            leaves = [0, 1, 2] if isinstance(baseline, Tensor) else [0, 1]
            sent = [log_probs, rewards, baseline]
            facts = student.probe(differentiate, name="reinforce_loss", arguments=sent, leaves=leaves)
        cut = mistakes.NO_WAY.format("log_probs")
        if facts["slopes"] is None:
            raise Mistake(f"the slope of {call} by log_probs: there is none.\n{cut}")
        by, *others = facts["slopes"]
        for slope, why in zip(others, (mistakes.THROUGH_REWARDS, mistakes.THROUGH_BASELINE), strict=False):
            if slope.any():
                raise Mistake(f"{call} has a slope by something else than log_probs.\n{why}")
        right = -(rewards - baseline) / len(log_probs) * weights(torch.zeros(()))
        close(by, right, f"the slope of {call} by log_probs", {cut: anything}, arguments)

    compare(numbers(-1, -2, -0.5, -3).reshape(2, 2), numbers(1, 0.5, 2, 0).reshape(2, 2), 0.25, {})
    compare(-rand(4, 3), 3 * rand(4, 3), 0.75, {})
    each = "baseline may be (L,) or (1, L): one number for each position."
    with explain(each):
        compare(-rand(4, 3), 3 * rand(4, 3), rand(3), {each: anything})
        compare(-rand(3, 3), 3 * rand(3, 3), rand(3), {each: anything})
        compare(-rand(5, 2), rand(5, 2), rand(1, 2), {each: anything})
        compare(-rand(2, 4), rand(2, 4), rand(1, 4), {each: anything})
    compare(-rand(3, 2), rand(3, 2), 0.0, {"With the baseline 0 the rewards count as they are.": anything})
    compare(-rand(1, 1), rand(1, 1), 0.5, {"One sequence of one word is a batch, too.": anything})
    compare(-100 * rand(3, 4), 50 * rand(3, 4) - 25, -2.0, {"Rewards and baseline may be negative.": anything})


@exercise(points=3, stand_in=sequence.rollout_reward)
def test_rollout_reward(student):
    def compare(n, length, n_rollouts, n_words=6):
        table = torch.randn(length, n_words, dtype=torch.float64)
        check_rewards(student, watch_rollouts, draw_sequences(n, length, n_words), n_rollouts, table)

    compare(4, 3, 2)
    compare(3, 5, 4)
    with explain("A batch of one, and one completion at each place, are allowed."):
        compare(1, 4, 3)
        compare(5, 2, 1)
    with explain("Sequences of one word have nothing to complete: their reward is their score."):
        compare(3, 1, 5)
    compare(6, 6, 3)
