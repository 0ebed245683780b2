"""Checks of lesson 05: small games, their Jacobian and spectrum, the extragradient step, and the R1 penalty."""

import torch
from torch import Tensor

from coursekit import dynamics, penalties
from coursekit.checks.game_mistakes import (
    dirac_mistakes,
    penalty_mistakes,
    radius_mistakes,
    step_mistakes,
    xy_mistakes,
)
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import Mistake, anything, changed, close, exercise, expect, explain, is_like, not_finite

HIDDEN = ["coursekit.dynamics", "coursekit.penalties", "coursekit.widgets"]  # they hold the answers
NO_WAY = "Keep the graph of the gradient: `create_graph=True`, and no `detach`, `item` or `data`."
BACKWARD = "`backward` adds to the gradients of all of D's weights, on top of its loss: use `torch.autograd.grad`."
ALWAYS_ONE = "At lr = 1 it is right, elsewhere not: both moves are multiplied by lr."


@exercise(points=2, stand_in=dynamics.xy_alternating)
def test_xy_alternating(student):
    def compare(x, y, lr, n_steps, more):
        wanted = dynamics.xy_alternating(x, y, lr, n_steps)
        hints = {
            "The start is missing: it is the first row of the path.": wanted[1:],
            "That is the last state alone: the whole path is asked for, one row a state.": wanted[-1],
            "Rows and columns are exchanged: one row for each state, with x and y in it.": wanted.T,
            **more,
        }
        expect(student, "xy_alternating", wanted, hints, x=x, y=y, lr=lr, n_steps=n_steps)

    compare(1.0, 1.0, 1.0, 6, xy_mistakes(1.0, 1.0, 1.0, 6))
    x, y, lr = (1.5 * rand(3) + 0.2).tolist()
    compare(x, -y, lr, 20, {**xy_mistakes(x, -y, lr, 20), ALWAYS_ONE: anything})
    compare(x, y, lr, 0, {"With no steps the path holds the start and nothing else: shape (1, 2).": anything})


@exercise(points=3, stand_in=dynamics.dirac_jacobian)
def test_dirac_jacobian(student):
    def compare(theta, psi, r1_weight, more):
        wanted = dynamics.dirac_jacobian(theta, psi, r1_weight)
        arguments = {"theta": theta, "psi": psi, "r1_weight": r1_weight}
        expect(student, "dirac_jacobian", wanted, dirac_mistakes(theta, psi, r1_weight) | more, **arguments)

    compare(0.8, -1.2, 0.5, {})
    compare(0.0, 0.0, 0.3, {"At (0, 0) the Jacobian is (0, -1/2) above (1/2, -r1_weight).": anything})
    for _ in range(3):
        theta, psi, r1_weight = (4 * rand(3) - 2).tolist()
        compare(theta, psi, abs(r1_weight), {"Compare with differences: move theta or psi by 1e-5.": anything})
    overflow = (
        "exp of a large number overflows: `torch.sigmoid` is finite everywhere, and 1 - sigmoid(t) is sigmoid(-t)."
    )
    with explain(overflow):
        for theta, psi in ((30.0, 40.0), (-30.0, 40.0)):
            compare(theta, psi, 0.2, {overflow: not_finite})


@exercise(points=2, stand_in=dynamics.spectral_radius)
def test_spectral_radius(student):
    def compare(jacobian, lr, more):
        wanted = dynamics.spectral_radius(jacobian, lr)
        hints = more | radius_mistakes(jacobian, lr)
        expect(student, "spectral_radius", wanted, hints, jacobian=jacobian, lr=lr)

    compare(numbers(-0.2, -1.3, 0.9, -0.6).reshape(2, 2), 0.5, {})
    negative = "An eigenvalue of -2 has the modulus 2: take abs() first, and the largest after."
    compare(numbers(-30.0, 0.0, 0.0, 0.1).reshape(2, 2), 0.1, {negative: torch.tensor(1.01)})
    sizes = "The matrix may have any size: the identity must have that of the Jacobian."
    with explain(sizes):
        compare(numbers(-0.7).reshape(1, 1), 0.3, {sizes: anything})
        compare(2 * rand(5, 5) - 1, 0.4, {sizes: anything})


def move(student, matrix, cube, w, lr):
    """A probe: one step in the velocity matrix w + cube w^3 (entry by entry), and w as it is afterwards."""
    new = student.extragradient_step(lambda w: matrix @ w + cube * w**3, w, lr)
    return {"new": new, "w": w}


@exercise(points=2, stand_in=dynamics.extragradient_step)
def test_extragradient_step(student):
    name = "extragradient_step"

    def compare(matrix, cube, w, lr, more):
        def velocity(w):
            return matrix @ w + cube * w**3

        answer = student.probe(move, matrix=matrix, cube=cube, w=w.clone(), lr=lr)
        call = f"{name}(velocity, w, lr), where velocity(w) = matrix @ w + cube * w ** 3,"
        arguments = {"matrix": matrix, "cube": cube, "w": w, "lr": lr}
        wanted = dynamics.extragradient_step(velocity, w, lr)
        close(answer["new"], wanted, call, step_mistakes(velocity, w, lr) | more, arguments)
        if not is_like(answer["w"], w):
            raise changed(name, "w")

    turn = numbers(0, -1, 1, 0).reshape(2, 2)
    compare(turn, numbers(0.4, -0.3), numbers(1.0, 0.5), 0.5, {})
    for _ in range(2):
        matrix, cube, w = 2 * rand(3, 3) - 1, rand(3), 2 * rand(3) - 1
        bent = "With a velocity that is not linear it is wrong: evaluate velocity at the place ahead itself."
        compare(matrix, cube, w, 0.1 + rand(1).item(), {bent: anything})
    several = "w may have any shape, a batch of states too: work on the whole tensor, without indices."
    with explain(several):
        compare(turn, numbers(0.1), 2 * rand(2, 4) - 1, 0.3, {several: anything})


def r1_penalty(scores: Tensor, real: Tensor) -> Tensor:
    """The mean squared norm of each score's gradient by its own sample, with its graph."""
    (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return penalties.squared_norms(gradient).mean()


def price(student, weight, x, column):
    """A probe: the penalty of D(x) = tanh(x . weight), its slope by the weight, and whether it left a .grad behind."""
    import torch

    weight, real = weight.clone().requires_grad_(), x.clone().requires_grad_()
    scores = torch.tanh(real.flatten(1) @ weight)
    penalty = student.r1_penalty(scores[:, None] if column else scores, real)
    slope = None
    if isinstance(penalty, torch.Tensor) and penalty.requires_grad and penalty.dim() == 0:
        (slope,) = torch.autograd.grad(penalty, weight, allow_unused=True)
    return {"penalty": penalty, "slope": slope, "grads": weight.grad is not None or real.grad is not None}


@exercise(points=3, stand_in=r1_penalty)
def test_r1_penalty(student):
    def compare(weight, x, column, more):
        leaf = weight.clone().requires_grad_()

        def D(x):
            return torch.tanh(x.flatten(1) @ leaf)

        penalty = penalties.r1(D, x, x, weight=2.0)
        (slope,) = torch.autograd.grad(penalty, leaf)
        arguments = {"weight": weight, "real": x}
        question = "r1_penalty(scores, real), where scores = tanh(real.flatten(1) @ weight),"
        with explain("`torch.autograd.grad(scores.sum(), real, create_graph=True)` gives all gradients in one call."):
            answer = student.probe(price, weight=weight, x=x, column=column)
        close(answer["penalty"], penalty.detach(), question, penalty_mistakes(D, x) | more, arguments)
        if answer["slope"] is None:
            raise Mistake(f"{question} The value is right, but `backward` finds no way back to D's weights.\n{NO_WAY}")
        sloped = {"The value is right, its slope is not: is the gradient detached, or part of it?": anything}
        close(answer["slope"], slope, f"the slope of {question}", sloped, arguments)
        if answer["grads"]:
            raise Mistake(f"{question} The value is right, but it filled `.grad`.\n{BACKWARD}")

    compare(numbers(0.6, -0.9, 0.4), numbers(0.5, 0.2, -1.0, 0.3, 0.1, 0.8).reshape(2, 3), False, {})
    shapes = "Scores may have the shape (N, 1): sum them, whatever their shape."
    compare(2 * rand(3) - 1, 2 * rand(4, 3) - 1, True, {shapes: anything})
    one = "A batch of one is a batch: the mean over it is that one squared norm."
    compare(2 * rand(2) - 1, 2 * rand(1, 2) - 1, False, {one: anything})
    images = "Samples may be images (N, C, H, W): the squared norm is the sum over all entries of a sample."
    compare(rand(18) - 0.5, 2 * rand(5, 2, 3, 3) - 1, True, {images: anything})
