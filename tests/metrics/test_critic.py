"""The critic that stands in for human judges: who passes, at which threshold, and that no forger is favoured."""

import pytest
import torch

from coursekit.metrics.critic import PASSING, train_critic


def images(n: int, mean: float, seed: int) -> torch.Tensor:
    """Noise around a grey value, (n, 1, 28, 28): every image is told from others by its mean."""
    noise = torch.randn(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
    return (mean + 0.3 * noise).clamp(-1, 1)


def test_nine_tenths_of_real_images_pass_and_bad_forgeries_do_not_and_perfect_ones_do():
    torch.set_num_threads(1)
    critic = train_critic(images(500, 0.0, 0), [images(500, 0.5, 1)], images(1000, 0.0, 2), n_steps=60)
    assert critic.judged_real(images(1000, 0.0, 3)) == pytest.approx(PASSING, abs=0.05)
    assert critic.judged_real(images(500, 0.5, 4)) < 0.02


def test_a_forger_as_good_as_the_data_passes_as_often_as_the_data():
    critic = train_critic(images(500, 0.0, 0), [images(500, 0.0, 1)], images(1000, 0.0, 2), n_steps=30)
    assert critic.judged_real(images(1000, 0.0, 5)) == pytest.approx(PASSING, abs=0.05)


def test_one_critic_tells_a_better_forger_from_a_worse_one():
    torch.set_num_threads(1)
    good = torch.cat([images(250, 0.0, 1), images(250, 0.5, 6)])  # half of it is perfect
    critic = train_critic(images(500, 0.0, 0), [good, images(500, -0.5, 7)], images(1000, 0.0, 2), n_steps=80)
    fresh = torch.cat([images(250, 0.0, 8), images(250, 0.5, 9)])
    assert critic.judged_real(fresh) == pytest.approx(PASSING / 2, abs=0.06)
    assert critic.judged_real(images(500, -0.5, 10)) < 0.02


def test_the_seed_decides_and_a_critic_needs_fakes():
    data = images(100, 0.0, 0), [images(100, 0.1, 1)], images(100, 0.0, 2)
    one, same, other = (train_critic(*data, n_steps=3, seed=seed).threshold for seed in (0, 0, 1))
    assert one == same != other
    with pytest.raises(ValueError, match="no fakes"):
        train_critic(data[0], [], data[2])
