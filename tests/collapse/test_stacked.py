"""Stacked digits: what the frozen net reads off real stacks, and nets of the sizes that the table names."""

import pytest
import torch

from coursekit.collapse.stacked import PER_MODE, SIZE, STACKED, count_stacked, read_digits, small_d, small_g
from coursekit.data.images import load_images
from coursekit.data.stacked import stacked
from coursekit.metrics.features import load_feature_net


@pytest.fixture(scope="module")
def digits():
    return load_images("digits", "test", size=SIZE, device="cpu")


@pytest.fixture(scope="module")
def net():
    return load_feature_net("digits", "cpu")


def test_real_stacks_show_nearly_every_mode_about_equally_often(digits, net):
    stacks = stacked(digits, n=600)  # 6 a mode: by chance a few are missed
    found = count_stacked(stacks.floats(), net)
    assert found["modes"] >= 95 and found["held"] >= 85 and found["good"] > 0.9 and found["kl"] < 0.2
    labels, _ = read_digits(stacks.floats()[:200], net)
    assert ((labels * torch.tensor([10, 1])).sum(1) == stacks.labels[:200]).float().mean() > 0.9


@pytest.mark.slow
def test_as_many_real_stacks_as_the_papers_take_show_every_mode(digits, net):
    found = count_stacked(stacked(digits, n=100 * PER_MODE).floats(), net)
    assert found["modes"] == found["held"] == 100 and found["kl"] < 0.1


def test_copies_of_one_stack_are_one_mode(digits, net):
    copies = stacked(digits, n=1).floats().expand(50, -1, -1, -1)
    found = count_stacked(copies, net)
    assert found["modes"] == found["held"] == 1 and found["kl"] == pytest.approx(4.6052, abs=1e-4)  # log 100
    assert count_stacked(copies[:2], net)["held"] == 0  # two samples are not yet three


def test_noise_has_modes_by_the_papers_count_and_fewer_that_the_judge_is_sure_of():
    """Any image gets a label."""
    noise = torch.rand(200, 2, SIZE, SIZE, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found = count_stacked(noise, load_feature_net("mnist", "cpu"))
    assert found["modes"] >= 15 and found["held"] < found["modes"] / 2 and found["good"] < 0.2


@pytest.mark.parametrize("channels", [2, 3])
def test_the_pair_makes_and_judges_stacks_of_14_pixels(channels):
    images = small_g((channels, SIZE, SIZE), 64)(torch.randn(4, 64))
    assert images.shape == (4, channels, SIZE, SIZE) and images.abs().max() <= 1
    assert small_d(channels)(images).shape == (4, 1)


@pytest.mark.parametrize("name", STACKED)
def test_every_arm_takes_a_step(name, digits):
    run = STACKED[name].start(stacked(digits, n=64), 1)
    run.fit(progress=False)
    assert run.sample(2).shape == (2, 2, SIZE, SIZE)


def test_arms_at_one_rate_differ_in_one_thing():
    vanilla, pac4 = STACKED["vanilla"], STACKED["pac4"]
    for name in ("step", "latent", "noise", "batch_size", "lr", "betas", "lr_end", "ema"):
        assert getattr(vanilla, name) == getattr(pac4, name)
