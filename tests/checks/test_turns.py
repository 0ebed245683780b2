"""Checks of training steps: their probes can travel, and every mistake that they make on purpose is named as itself."""

from functools import partial

import pytest
import torch

from coursekit.checks import test_04_vanilla_gan as lesson_04
from coursekit.checks.judging import Mistake
from coursekit.checks.local import Local
from coursekit.checks.training import compare_events, training
from coursekit.checks.turns import turns
from coursekit.checks.vanilla_mistakes import D_MISTAKES, G_MISTAKES, TRAINING_MISTAKES
from coursekit.grading.student import source_of

MADE = [
    (name, hint, wrong)
    for name, mistakes in (
        ("discriminator_step", D_MISTAKES),
        ("generator_step", G_MISTAKES),
        ("train_gan", TRAINING_MISTAKES),
    )
    for hint, wrong in mistakes.items()
]


@pytest.mark.parametrize("probe", [turns, training, lesson_04.slopes])
def test_a_probe_stands_alone(probe):
    assert source_of(probe).startswith(f"def {probe.__name__}(student, ")


@pytest.mark.parametrize(("name", "hint", "wrong"), MADE, ids=[f"{name}: {hint}" for name, hint, _ in MADE])
def test_a_mistake_made_on_purpose_is_named_as_itself(name, hint, wrong):
    torch.manual_seed(0)
    with pytest.raises(Mistake) as found:
        getattr(lesson_04, f"test_{name}")(Local({name: wrong}))
    assert str(found.value).splitlines()[-1] == hint


def step_of(k, size=4, noise=None):
    """The events of one step with k turns of D."""
    turn = [("batch", size), ("noise", size if noise is None else noise), ("d", 0)]
    return [*turn * k, ("noise", size), ("g", 0)]


def test_events_of_algorithm_1_pass_with_any_order_of_draws_and_with_draws_after_the_end():
    compare = partial(compare_events, k=2, where="")
    assert compare(step_of(2) + step_of(2, size=3) + [("batch", 4)], 2) is None
    draws_first = [("batch", 4), ("batch", 4), *[("noise", 4)] * 3, ("d", 0), ("d", 0), ("g", 0)]
    assert compare(draws_first, 1) is None  # a difference is raised


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (step_of(1) + step_of(2), "step 1, updates of D: expected 2, got 1"),
        (step_of(2) + step_of(2, noise=1), "step 2: real batches of [4, 4] samples, noise for [1, 1, 4] fakes"),
        (step_of(2)[:-1], "expected 2 updates of G, got 0"),
        (step_of(2) + step_of(2)[1:], "step 2, real batches: expected 2, got 1"),
    ],
)
def test_events_that_are_not_those_of_algorithm_1_are_named(events, message):
    with pytest.raises(Mistake) as found:
        compare_events(events, 2, 2, "train_gan")
    assert message in str(found.value)
