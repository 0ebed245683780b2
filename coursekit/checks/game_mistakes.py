"""What comes out of the exercises of lesson 05 by plausible mistakes: a hint -> the value that the mistake gives."""

import math

import torch
from torch import Tensor

from coursekit import dynamics, penalties
from coursekit.checks.inputs import numbers


def xy_mistakes(x: float, y: float, lr: float, n_steps: int) -> dict[str, Tensor]:
    """The paths of plausible mistakes."""

    def path(step):
        states = [(x, y)]
        for _ in range(n_steps):
            states.append(step(*states[-1]))
        return numbers(*sum(states, ())).reshape(-1, 2)

    def both(sign_x, sign_y):
        return lambda x, y: (x + sign_x * lr * y, y + sign_y * lr * (x + sign_x * lr * y))

    return {
        "y used the old x: in turn means that y answers to the x that has just moved.": path(
            lambda x, y: (x - lr * y, y + lr * x)
        ),
        "y moved first: it is x that begins.": path(lambda x, y: (x - lr * (y + lr * x), y + lr * x)),
        "The players have changed sides: x wants the product small, y wants it large.": path(both(1, -1)),
        "Both players make the product small: y goes up, by + lr * x.": path(both(-1, -1)),
        "Both players make the product large: x goes down, by - lr * y.": path(both(1, 1)),
        "y is not multiplied by lr in its own move, or x in its own: each takes lr times the other's value.": path(
            lambda x, y: (x - lr * x, y + lr * y)
        ),
    }


def dirac_mistakes(theta: float, psi: float, r1_weight: float) -> dict[str, Tensor]:
    """What the Jacobian becomes by plausible mistakes."""
    wanted = dynamics.dirac_jacobian(theta, psi, r1_weight)
    none = dynamics.dirac_jacobian(theta, psi, 0.0)
    brake = numbers(0, 0, 0, r1_weight).reshape(2, 2)
    at_0 = dynamics.dirac_jacobian(0.0, 0.0, r1_weight)
    pull = torch.sigmoid(numbers(-theta * psi))[0]
    bend = pull * (1 - pull)
    flat = numbers(0, -pull, pull, -r1_weight).reshape(2, 2)
    rising = numbers(-(psi**2) * bend, -pull - theta * psi * bend, pull + theta * psi * bend, theta**2 * bend)
    hessian = none * numbers(-1, 1)[:, None]
    return {
        "That is the Jacobian at (0, 0), whatever the arguments: it is asked for at (theta, psi).": at_0,
        "Rows and columns are exchanged: row 0 belongs to v_theta, column 0 to the derivative by theta.": wanted.T,
        "R1 is missing: it takes r1_weight from the derivative of v_psi by psi.": none,
        "R1 has the wrong sign: it brakes, so r1_weight is subtracted.": none + brake,
        "R1 is on the wrong player: it is the detective, psi, that it brakes.": none - brake.flip(0, 1),
        "R1 counts half: v_psi holds r1_weight * psi, and its derivative by psi is r1_weight.": none - brake / 2,
        "R1 counts twice: the derivative of r1_weight * psi by psi is r1_weight.": none - 2 * brake,
        "The sigmoid was held fixed: it depends on theta and psi, so each product has two terms.": flat,
        "The derivative of sigmoid(-t) by t is negative: the minus of the inner derivative was lost.": (
            rising.reshape(2, 2) - brake
        ),
        "That is the second derivative of V, which is symmetric: theta goes down V, so row 0 changes its sign.": (
            hessian - brake
        ),
        "Both players turn the wrong way round: D(x) is sigmoid(-psi x), as in the formulas of the exercise.": (
            dynamics.dirac_jacobian(theta, -psi, r1_weight) * numbers(1, -1, -1, 1).reshape(2, 2)
        ),
        "sigmoid(+t) stands where sigmoid(-t) belongs.": dynamics.dirac_jacobian(-theta, psi, r1_weight),
    }


def radius_mistakes(jacobian: Tensor, lr: float) -> dict[str, Tensor]:
    """What comes out by plausible mistakes."""
    identity = torch.eye(len(jacobian), dtype=torch.float64)
    step = identity + lr * jacobian
    eigenvalues = torch.linalg.eigvals(step)
    of_j = torch.linalg.eigvals(jacobian)
    return {
        "These are the eigenvalues of the Jacobian: the step is I + lr J.": of_j.abs().max(),
        "The identity is missing: a step is I + lr J, not lr J alone.": lr * of_j.abs().max(),
        "The learning rate is missing: the step is I + lr J, not I + J.": torch.linalg.eigvals(identity + jacobian)
        .abs()
        .max(),
        "The sign is turned: J is the Jacobian of a velocity, so the step is I + lr J, not I - lr J.": (
            torch.linalg.eigvals(identity - lr * jacobian).abs().max()
        ),
        "That is the largest real part: a + bi has the modulus sqrt(a^2 + b^2).": eigenvalues.real.max(),
        "The imaginary parts are lost: a + bi has the modulus sqrt(a^2 + b^2).": eigenvalues.real.abs().max(),
        "That is the largest imaginary part: a + bi has the modulus sqrt(a^2 + b^2).": eigenvalues.imag.abs().max(),
        "That is the smallest modulus: the largest decides in the long run.": eigenvalues.abs().min(),
        "That is the square of it: the modulus has a root.": eigenvalues.abs().max().square(),
        "`eigvalsh` is for symmetric matrices, it reads one triangle only: use `eigvals`.": (
            torch.linalg.eigvalsh(step).abs().max()
        ),
        "That is the largest singular value: how far one step can stretch, not what many steps do. Use `eigvals`.": (
            torch.linalg.svdvals(step).max()
        ),
        "That is the length of all entries together: the spectral radius is about eigenvalues.": step.norm(),
    }


def step_mistakes(velocity, w: Tensor, lr: float) -> dict[str, Tensor]:
    """Where plausible mistakes lead."""
    here = velocity(w)
    ahead = w + lr * here
    there = velocity(ahead)
    return {
        "That is a simultaneous step: the arrow must be read at the place ahead.": ahead,
        "You moved on from the place ahead: come back, the new state is w + lr * velocity(ahead).": ahead + lr * there,
        "You looked half a step ahead: the look is a whole step, lr.": w + lr * velocity(w + lr / 2 * here),
        "That is the mean of both arrows: the first is only for looking, move along the second alone.": (
            w + lr * (here + there) / 2
        ),
        "The signs are turned: a velocity points to where the players want to go, so it is added.": (
            w - lr * velocity(w - lr * here)
        ),
        "The look ahead has the wrong sign: the place ahead is w + lr * velocity(w).": w + lr * velocity(w - lr * here),
        "The look ahead has no learning rate: it is w + lr * velocity(w).": w + lr * velocity(w + here),
        "The move has no learning rate: it is lr * velocity(ahead).": w + there,
        "That is the move alone: add it to w.": lr * there,
        "That is the arrow alone: the new state is w + lr * velocity(ahead).": there,
    }


def penalty_mistakes(D, x: Tensor) -> dict[str, Tensor]:
    """What comes out by plausible mistakes."""
    gradient = penalties.input_gradient(D, x).detach()
    squared = penalties.squared_norms(gradient)
    first = gradient.square().sum(1)  # over one dimension only, which images have three of
    return {
        "You summed over the batch where the formula has a mean.": squared.sum(),
        "That is half of it: gamma / 2 stays outside of this function.": squared.mean() / 2,
        "That is the norm: it is squared in the formula.": squared.sqrt().mean(),
        "The norm is squared after the mean: square each norm, then take the mean.": squared.sqrt().mean().square(),
        "That is the mean over all entries: sum over the entries of a sample, mean over the samples.": (
            gradient.square().mean()
        ),
        "The mean over the batch was taken before the norm: first each sample's squared norm.": (
            gradient.mean(0).square().sum()
        ),
        "That is the gradient of the mean score: each is too small by the factor N. Take that of the sum.": (
            squared.mean() / len(x) ** 2
        ),
        "That is the penalty of WGAN-GP, which wants a norm of 1: R1 wants 0.": (squared.sqrt() - 1).square().mean(),
        "That is one squared norm a sample: the mean over the batch is missing.": squared,
        "The sum went over one dimension only: `flatten(1)` first, then images count in full.": first.mean(),
        "It is not finite: the root of a squared norm of 0 has no slope. No root is needed.": math.nan,
    }
