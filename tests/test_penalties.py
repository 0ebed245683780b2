"""Penalties on discriminators whose slope is known."""

import numpy as np
import pytest
import torch
from torch import nn

from coursekit.penalties import clip_weights, gradient_penalty, r1, r2, total_variation


class Linear(nn.Module):
    """D(x) = slope * x . direction (+ a condition): the gradient has norm `slope` everywhere."""

    def __init__(self, slope, shape=(2,)):
        super().__init__()
        direction = torch.ones(shape) / torch.ones(shape).norm()
        self.weight = nn.Parameter(slope * direction)

    def forward(self, x, *cond):
        scores = (x * self.weight).flatten(1).sum(1)
        return scores + sum(c.sum() * 0 for c in cond)


class Quadratic(nn.Module):
    """D(x) = ||x||^2 / 2: the gradient is x itself, so that its norm differs from sample to sample."""

    def forward(self, x):
        return x.square().flatten(1).sum(1, keepdim=True) / 2


@pytest.mark.parametrize("shape", [(2,), (3, 8, 8)])
def test_gradient_penalty_of_a_linear_critic_of_slope_3_is_10_times_4(shape):
    real, fake = torch.randn(5, *shape), torch.randn(5, *shape)
    assert gradient_penalty(Linear(3.0, shape), real, fake).item() == pytest.approx(40, rel=1e-5)


def test_gradient_penalty_mixes_each_sample_with_its_own_number():
    torch.manual_seed(0)
    real, fake = torch.ones(2000, 1), torch.zeros(2000, 1)
    # On the quadratic critic the norm is the mix u itself: E (u - 1)^2 = 1/3 for uniform u, against one shared u.
    values = [gradient_penalty(Quadratic(), real, fake, weight=1.0).item() for _ in range(3)]
    assert values == pytest.approx([1 / 3] * 3, abs=0.03)


def test_r1_sees_reals_only_and_r2_fakes_only():
    real, fake = torch.full((4, 2), 3.0), torch.full((4, 2), 5.0)
    assert r1(Quadratic(), real, fake, weight=2.0).item() == pytest.approx(18)  # 2/2 * (9 + 9)
    assert r2(Quadratic(), real, fake, weight=2.0).item() == pytest.approx(50)


@pytest.mark.parametrize("penalty", [gradient_penalty, r1, r2])
def test_penalties_reach_the_parameters_through_the_gradient(penalty):
    D = Linear(3.0)
    penalty(D, torch.randn(4, 2), torch.randn(4, 2), torch.zeros(4)).backward()
    assert D.weight.grad.norm() > 1


@pytest.mark.parametrize("penalty", [gradient_penalty, r1, r2])
def test_penalties_leave_their_inputs_alone(penalty):
    real, fake = torch.randn(4, 2), torch.randn(4, 2)
    penalty(Linear(1.0), real, fake).backward()
    assert not real.requires_grad and not fake.requires_grad and real.grad is None


def test_gradient_penalty_has_a_finite_slope_where_the_critic_is_flat():
    D = Linear(0.0)
    gradient_penalty(D, torch.randn(4, 2), torch.randn(4, 2)).backward()
    assert D.weight.grad.isfinite().all()


def test_gradient_penalty_names_the_shapes_that_do_not_match():
    with pytest.raises(ValueError, match=r"\(4, 2\).*\(3, 2\)"):
        gradient_penalty(Linear(1.0), torch.zeros(4, 2), torch.zeros(3, 2))


def test_clipping_bounds_every_parameter_and_keeps_small_ones():
    D = nn.Linear(2, 1)
    with torch.no_grad():
        D.weight.copy_(torch.tensor([[5.0, 0.004]]))
        D.bias.fill_(-5.0)
    clip_weights(D, 0.01)
    assert D.weight.tolist() == [[pytest.approx(0.01), pytest.approx(0.004)]] and D.bias.item() == pytest.approx(-0.01)


def test_total_variation_is_the_mean_step_between_neighbours():
    x = torch.rand(2, 3, 5, 7, dtype=torch.float64)
    expected = np.abs(np.diff(x.numpy(), axis=2)).mean() + np.abs(np.diff(x.numpy(), axis=3)).mean()
    assert total_variation(x).item() == pytest.approx(expected, rel=1e-12)
    assert total_variation(torch.full((1, 3, 4, 4), 0.3)) == 0
