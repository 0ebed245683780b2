"""Losses against torch's own losses, closed forms and numbers worked out by hand."""

import math

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from coursekit.losses import HINGE, LEAST_SQUARES, MINIMAX, NON_SATURATING, RELATIVISTIC, WASSERSTEIN

ALL = (MINIMAX, NON_SATURATING, LEAST_SQUARES, WASSERSTEIN, HINGE, RELATIVISTIC)


@pytest.fixture
def scores():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(64, 1, generator=generator) * 3, torch.randn(64, 1, generator=generator) * 3


def never():
    raise AssertionError("this loss must not compute D(real) for G")


def test_minimax_d_is_the_sum_of_two_cross_entropies(scores):
    real, fake = scores
    oracle = binary_cross_entropy_with_logits(real, torch.ones_like(real))
    oracle = oracle + binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))
    torch.testing.assert_close(MINIMAX.d(real, fake), oracle)
    torch.testing.assert_close(NON_SATURATING.d(real, fake), oracle)


def test_minimax_g_is_the_mean_of_log_one_minus_d(scores):
    fake = scores[1].double()
    torch.testing.assert_close(MINIMAX.g(fake, never), torch.log(1 - torch.sigmoid(fake)).mean())


def test_non_saturating_g_is_the_cross_entropy_with_target_real(scores):
    fake = scores[1]
    oracle = binary_cross_entropy_with_logits(fake, torch.ones_like(fake))
    torch.testing.assert_close(NON_SATURATING.g(fake, never), oracle)


def test_least_squares_is_half_the_mean_squared_error_to_one_and_zero(scores):
    real, fake = scores
    oracle = (mse_loss(real, torch.ones_like(real)) + mse_loss(fake, torch.zeros_like(fake))) / 2
    torch.testing.assert_close(LEAST_SQUARES.d(real, fake), oracle)
    torch.testing.assert_close(LEAST_SQUARES.g(fake, never), mse_loss(fake, torch.ones_like(fake)) / 2)


def test_wasserstein_losses_on_numbers_worked_out_by_hand():
    real, fake = torch.tensor([1.0, 3.0]), torch.tensor([-2.0, 0.0])
    assert WASSERSTEIN.d(real, fake) == -3.0
    assert WASSERSTEIN.g(fake, never) == 1.0


def test_hinge_is_zero_when_both_margins_are_kept_and_linear_beyond():
    assert HINGE.d(torch.ones(4, 1), -torch.ones(4, 1)) == 0
    assert HINGE.d(torch.tensor([-2.0]), torch.tensor([5.0])) == 3 + 6
    assert HINGE.g(torch.tensor([2.0, 4.0]), never) == -3


def test_relativistic_pair_on_differences(scores):
    real, fake = scores
    difference = real - fake
    torch.testing.assert_close(
        RELATIVISTIC.d(real, fake), binary_cross_entropy_with_logits(difference, torch.ones_like(real))
    )
    torch.testing.assert_close(
        RELATIVISTIC.g(fake, lambda: real), binary_cross_entropy_with_logits(-difference, torch.ones_like(real))
    )


def test_relativistic_loss_names_unequal_batches():
    with pytest.raises(ValueError, match="5 real and 4 fake"):
        RELATIVISTIC.d(torch.zeros(5), torch.zeros(4))


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
def test_flat_scores_cost_the_same_as_a_column(loss, scores):
    real, fake = scores
    torch.testing.assert_close(loss.d(real, fake), loss.d(real.squeeze(1), fake.squeeze(1)))
    torch.testing.assert_close(loss.d(real.squeeze(1), fake), loss.d(real, fake))
    torch.testing.assert_close(loss.g(fake, lambda: real), loss.g(fake.squeeze(1), lambda: real))


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
@pytest.mark.parametrize("score", [-100.0, 100.0])
def test_losses_and_their_slopes_are_finite_at_extreme_scores(loss, score):
    real = torch.full((4, 1), score, requires_grad=True)
    fake = torch.full((4, 1), -score, requires_grad=True)
    total = loss.d(real, fake) + loss.g(fake, lambda: real)
    total.backward()
    assert math.isfinite(total.item()) and real.grad.isfinite().all() and fake.grad.isfinite().all()


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
def test_d_and_g_pull_a_fakes_score_in_opposite_directions(loss):
    fake = torch.zeros(1, requires_grad=True)
    (for_d,) = torch.autograd.grad(loss.d(torch.zeros(1), fake), fake)
    (for_g,) = torch.autograd.grad(loss.g(fake, lambda: torch.zeros(1)), fake)
    assert for_g < 0 and (for_d > 0 or loss is LEAST_SQUARES)
