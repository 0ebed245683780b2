"""The small games: velocities are slopes of payoffs, steps are arithmetic, eigenvalues are numpy's."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from coursekit import dynamics
from coursekit.dynamics import (
    alternating_step,
    dirac_non_saturating_velocity,
    dirac_velocity,
    driving_velocity,
    extragradient_step,
    play,
    simultaneous_step,
    xy_velocity,
)
from coursekit.penalties import r1

RATES = [0.01, 0.1, 0.7, 1.0, 1.9, 2.5]


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def downhill(losses, w):
    """What two players want who descend their own loss: minus each loss's slope in its own player, by autograd."""
    w = w.clone().requires_grad_()
    both = losses(*w)
    return torch.stack([-torch.autograd.grad(loss, w, retain_graph=True)[0][i] for i, loss in enumerate(both)])


def dirac_losses(theta, psi, r1_weight=0.0, saturating=True):
    """The losses of a GAN with D(x) = -psi x, the real samples at 0, a fake at theta, and coursekit's R1."""

    def D(x):
        return -psi * x

    bce = torch.nn.functional.softplus
    d_loss = bce(-D(torch.zeros(()))) + bce(D(theta)) + r1(D, torch.zeros(3, 1).double(), theta, weight=r1_weight)
    return (-bce(D(theta)) if saturating else bce(-D(theta))), d_loss


@pytest.mark.parametrize("weight", [0.0, 0.7])
@pytest.mark.parametrize(
    ("velocity", "saturating"), [(dirac_velocity, True), (dirac_non_saturating_velocity, False)], ids=["minimax", "ns"]
)
def test_the_dirac_gan_moves_down_the_losses_of_a_gan_with_r1(velocity, saturating, weight):
    for w in torch.randn(10, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64):
        wanted = downhill(partial(dirac_losses, r1_weight=weight, saturating=saturating), w)
        torch.testing.assert_close(velocity(w, r1_weight=weight), wanted, rtol=1e-12, atol=1e-12)


def test_x_goes_down_and_y_goes_up_the_product():
    w = numbers(0.3, -2.0)
    torch.testing.assert_close(xy_velocity(w), downhill(lambda x, y: (x * y, -x * y), w))


def test_drivers_move_by_the_slope_of_their_common_payoff_times_p_times_one_minus_p():
    w = numbers(0.3, 0.9)
    slope = downhill(lambda p, q: (-(p * q + (1 - p) * (1 - q)),) * 2, w)
    torch.testing.assert_close(driving_velocity(w), w * (1 - w) * slope)


def test_the_start_decides_on_which_side_all_drive():
    axis = torch.linspace(0.05, 0.95, 10, dtype=torch.float64) + 1e-3
    starts = torch.cartesian_prod(axis, axis)
    end = play(simultaneous_step, driving_velocity, starts, 0.5, 200)[-1]
    left = (starts.sum(1) > 1)[:, None].double().expand(-1, 2)
    torch.testing.assert_close(end, left, atol=1e-6, rtol=0)


def test_from_1_1_at_step_size_1_the_xy_game_is_back_after_six_steps():
    path = dynamics.xy_alternating(1.0, 1.0, 1.0, 12)
    six = [[1, 1], [0, 1], [-1, 0], [-1, -1], [0, -1], [1, 0]]
    assert path.tolist() == [*six, *six, [1, 1]]


def test_alternating_steps_stay_on_their_ellipse():
    for lr in (0.1, 1.3, 1.99):
        x, y = dynamics.xy_alternating(0.4, -1.5, lr, 300).T
        ellipse = x**2 - lr * x * y + y**2
        torch.testing.assert_close(ellipse, ellipse[:1].expand(301), rtol=1e-9, atol=0)


def test_a_simultaneous_step_uses_the_old_opponent_and_an_alternating_one_the_new():
    w, lr = numbers(1.0, 2.0), 0.5
    assert simultaneous_step(xy_velocity, w, lr).tolist() == [0.0, 2.5]
    assert alternating_step(xy_velocity, w, lr).tolist() == [0.0, 2.0]
    assert extragradient_step(xy_velocity, w, lr).tolist() == [1 - 0.5 * 2.5, 2 + 0.5 * 0.0]


def test_each_player_may_have_a_rate_of_its_own_and_many_games_may_run_at_once():
    starts, rates = torch.randn(4, 3, 2, dtype=torch.float64), torch.rand(3, 2, dtype=torch.float64)
    for step in (simultaneous_step, alternating_step, extragradient_step):
        together = play(step, dirac_velocity, starts, rates, 5)
        alone = play(step, dirac_velocity, starts[1, 2], rates[2], 5)
        assert together.shape == (6, 4, 3, 2)
        torch.testing.assert_close(together[:, 1, 2], alone)
    theta, psi = starts[0, 0].tolist()
    slow_g = simultaneous_step(xy_velocity, starts[0, 0], numbers(0.1, 2.0))
    assert slow_g.tolist() == pytest.approx([theta - 0.1 * psi, psi + 2.0 * theta])


def test_the_jacobian_of_the_dirac_gan_is_autograds():
    for theta, psi, weight in torch.randn(10, 3, generator=torch.Generator().manual_seed(1)).double().tolist():
        wanted = torch.autograd.functional.jacobian(partial(dirac_velocity, r1_weight=weight), numbers(theta, psi))
        torch.testing.assert_close(dynamics.dirac_jacobian(theta, psi, weight), wanted, rtol=1e-12, atol=1e-12)


def test_the_spectral_radius_is_numpys_also_where_eigenvalues_are_complex():
    for seed in range(5):
        jacobian = torch.randn(4, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        wanted = np.abs(np.linalg.eigvals(np.eye(4) + 0.3 * jacobian.numpy())).max()
        assert dynamics.spectral_radius(jacobian, 0.3).item() == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("lr", RATES)
@pytest.mark.parametrize(
    ("step", "closed"),
    [
        (simultaneous_step, dynamics.simultaneous_radius),
        (alternating_step, dynamics.alternating_radius),
        (extragradient_step, dynamics.extragradient_radius),
    ],
    ids=["simultaneous", "alternating", "extragradient"],
)
def test_the_closed_radius_of_a_step_is_that_of_its_jacobian(step, closed, lr):
    for velocity, speed in ((xy_velocity, 1.0), (dirac_velocity, 0.5)):
        jacobian = dynamics.step_jacobian(step, velocity, numbers(0, 0), lr)
        radius = np.abs(np.linalg.eigvals(jacobian.numpy())).max()
        assert closed(lr, speed) == pytest.approx(radius, abs=1e-9)


def test_the_radius_of_simultaneous_steps_grows_as_its_closed_form():
    path = play(simultaneous_step, xy_velocity, numbers(1, 1), 0.1, 500)
    assert path[-1].norm().item() == pytest.approx(math.sqrt(2) * 1.01**250, abs=1e-6)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0, 2.5])
def test_the_eigenvalues_under_r1_are_those_of_the_jacobian(weight):
    wanted = np.linalg.eigvals(dynamics.dirac_jacobian(0.0, 0.0, weight).numpy())
    got = dynamics.r1_eigenvalues(weight, speed=0.5).numpy()
    np.testing.assert_allclose(np.sort_complex(got), np.sort_complex(wanted), atol=1e-7)  # a double root at 1


def test_r1_ends_the_turning():
    velocity = partial(dirac_velocity, r1_weight=1.0)
    for step in (simultaneous_step, alternating_step):
        assert play(step, velocity, numbers(1, 1), 0.1, 500)[-1].norm() < 1e-5
