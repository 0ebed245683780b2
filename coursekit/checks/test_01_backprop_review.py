"""Checks of lesson 01: the tape on expressions, the matrix rules on worked examples, edge cases and random tensors."""

from collections.abc import Mapping

import torch
from torch import Tensor

from coursekit import autograd
from coursekit.checks import tape
from coursekit.checks.inputs import numbers, rand
from coursekit.checks.judging import (
    NO_HINTS,
    Mistake,
    anything,
    asked,
    close,
    exercise,
    expect,
    expect_error,
    explain,
    not_finite,
    shown,
)

HIDDEN = ["coursekit.autograd", "coursekit.widgets"]  # they hold the answers: no submission may import them


@exercise(points=4, stand_in=autograd.Value)
def test_Value(student):
    tape.expect_started(student)
    tape.expect_operations(student)
    tape.expect_slopes(student)
    tape.expect_walks(student)
    tape.expect_passes(student)
    tape.expect_large_graphs(student)
    tape.expect_long_expressions(student)


def expect_parts(student, name: str, wanted: Mapping[str, Tensor], hints: Mapping[str, Mapping], /, **arguments):
    """Ask for name(*arguments), which must give a tuple of the wanted tensors, and compare them one by one."""
    call = f"{name}({', '.join(arguments)})"
    got = getattr(student, name)(*arguments.values())
    if not isinstance(got, (tuple, list)) or len(got) != len(wanted):
        came = f"{len(got)} of them" if isinstance(got, (tuple, list)) else shown(got)
        form = f"expected ({', '.join(wanted)}), got {came}."
        raise Mistake(f"{asked(call, arguments)}\n{form}\nReturn all {len(wanted)}, in this order.")
    for (part, value), answer in zip(wanted.items(), got, strict=True):
        close(answer, value, f"{part} of {call}", hints.get(part, NO_HINTS), arguments)


@exercise(points=2, stand_in=autograd.linear_backward)
def test_linear_backward(student):
    parts = ("grad_x", "grad_weight", "grad_bias")

    def compare_layer(x, weight, grad_out):
        grads = autograd.linear_backward(x, weight, grad_out)
        arguments = {"x": x, "weight": weight, "grad_out": grad_out}
        hints = hints_of_layer(*grads, **arguments)
        expect_parts(student, "linear_backward", dict(zip(parts, grads, strict=True)), hints, **arguments)

    x = numbers(1, 2, 3, 4, 5, 7).reshape(3, 2)
    weight = numbers(1, -2, 3, 5).reshape(2, 2)  # square, so that a transposed one fits
    compare_layer(x, weight, numbers(1, 0, 2, -1, 0, 3).reshape(3, 2))
    fit = "The shapes do not fit: grad_out (n, out) goes with weight (out, in), and its transpose with x (n, in)."
    for n, n_in, n_out in ((5, 3, 4), (1, 1, 1), (1, 3, 2), (6, 2, 1), (2, 1, 5)):
        with explain(fit):
            compare_layer(rand(n, n_in) - 0.5, rand(n_out, n_in) - 0.5, rand(n, n_out) - 0.5)


def hints_of_layer(grad_x, grad_weight, grad_bias, x, weight, grad_out) -> dict[str, dict]:
    """For each gradient, what plausible mistakes would give."""
    n, (n_out, n_in) = len(x), weight.shape
    order = "That is another one of the three: the order is grad_x, grad_weight, grad_bias."
    mean = "The sum over the batch, not the mean: if the loss is a mean, its 1/n is in grad_out already."
    squeezed = "An axis of size 1 was lost: each gradient has the shape of what it belongs to."
    hints_x = {order: is_one_of(grad_weight, grad_bias), mean: grad_x / n, squeezed: grad_x.squeeze()}
    if n_in == n_out:
        hints_x["The weight is transposed: grad_x[i, k] is the sum over j of grad_out[i, j] weight[j, k]."] = (
            grad_out @ weight.T
        )
    hints_weight = {
        mean: grad_weight / n,
        "That is transposed: grad_weight is (out, in), as the weight.": grad_weight.T,
        "That is the first sample alone: add up over the batch.": grad_out[0][:, None] * x[0],
        order: is_one_of(grad_x, grad_bias),
        squeezed: grad_weight.squeeze(),
    }
    hints_bias = {
        mean: grad_bias / n,
        "The sum over the batch is missing: the bias is used n times, so n gradients add up.": grad_out,
        "The sum ran over the outputs: it runs over the batch, and each output keeps its own.": grad_out.sum(1),
        "Each output has a gradient of its own: sum over the batch only.": grad_out.sum(),
        "Shape (out,) is asked for: sum without `keepdim`.": grad_out.sum(0, keepdim=True),
        "That is the first sample alone: add up over the batch.": grad_out[0],
        squeezed: grad_bias.squeeze(),
    }
    return {"grad_x": hints_x, "grad_weight": hints_weight, "grad_bias": hints_bias}


def is_one_of(*wrong: Tensor):
    """A question for `looks_like`: is the answer one of these tensors?"""
    return lambda value: any(value.shape == one.shape and torch.allclose(value, one) for one in wrong)


@exercise(points=2, stand_in=autograd.bce_logits_backward)
def test_bce_logits_backward(student):
    def compare_scores(logits, targets, hints):
        wanted = autograd.bce_logits_backward(logits.double(), targets.double())
        expect(student, "bce_logits_backward", wanted, hints, logits=logits, targets=targets)

    logits, targets = numbers(1.5, -0.5, 2, -0.25, -1), numbers(1, 0, 1, 1, 0)
    compare_scores(logits, targets, hints_of_bce(logits, targets))
    soft = "Targets between 0 and 1 count as they are: sigmoid(s) - t for any t."
    table = "Any shape may come, and the mean is over all entries: divide by their number, `numel()`."
    for shape in ((7,), (6, 1), (4, 3)):
        logits, targets = 4 * rand(*shape) - 2, rand(*shape)
        rows = autograd.bce_logits_backward(logits, targets) * logits.numel() / len(logits)
        compare_scores(logits, targets, {table: rows, soft: anything})
    compare_scores(numbers(0.3), numbers(1), {"One sample is a batch, too.": anything})
    overflow = "At large scores exp overflows, or a logarithm meets a rounded 0: `torch.sigmoid` is right everywhere."
    clamped = "Large scores count in full: a clamp, or a small number added somewhere, is in the way."
    for size, dtype in ((30.0, torch.float64), (100.0, torch.float32), (1000.0, torch.float64)):
        logits = torch.tensor([size, -size, size, -size], dtype=dtype)
        compare_scores(logits, torch.tensor([0, 1, 1, 0], dtype=dtype), {overflow: not_finite, clamped: anything})
    why = "(n, 1) against (n,) makes an n x n table: compare the shapes before you compute."
    expect_error(student, "bce_logits_backward", "ValueError", why, logits=rand(4, 1), targets=rand(4))


def hints_of_bce(logits: Tensor, targets: Tensor) -> dict[str, object]:
    """What plausible mistakes would give; none of the targets is soft."""
    n, p = len(logits), torch.sigmoid(logits)
    right = (p - targets) / n
    return {
        "That is the gradient of the sum: the loss is a mean, so each sample counts 1/n.": n * right,
        "That is minus the gradient: it is probability minus target, and a step goes against it.": is_one_of(
            -right, -n * right
        ),
        "A sigmoid was taken twice: the logits are raw, sigmoid(s) once is all.": (torch.sigmoid(p) - targets) / n,
        "Logits are no probabilities: the gradient is sigmoid(s) - t, not s - t.": is_one_of(
            (logits - targets) / n, logits - targets
        ),
        "That is the gradient of the squared error of the probabilities, which is flat where it is wrong and sure.": (
            is_one_of(2 * right * p * (1 - p), 2 * n * right * p * (1 - p))
        ),
        "That is the gradient with respect to the probability: times its slope, p (1 - p), it is sigmoid(s) - t.": (
            is_one_of(right / (p * (1 - p)), n * right / (p * (1 - p)))
        ),
        "Real and fake have changed places: sigmoid(s) - t, not sigmoid(s) - (1 - t).": (p - 1 + targets) / n,
        "One number for each logit: the 1/n of the mean stays, but nothing is added up.": (p - targets).mean(),
        "That is sigmoid(s) / n: the target is missing.": p / n,
    }


@exercise(points=2, stand_in=autograd.unbroadcast)
def test_unbroadcast(student):
    def compare_shapes(grad, shape):
        call = f"unbroadcast(grad, {shape})"
        wanted, arguments = autograd.unbroadcast(grad, shape), {"grad": grad}
        with explain("Shapes align at the right: axes that are missing come in front, and size 1 meets any size."):
            close(student.unbroadcast(grad, shape), wanted, call, hints_of_shapes(grad, shape, wanted), arguments)

    table = numbers(1, 2, 4, 8, 16, 32).reshape(2, 3)
    for shape in ((3,), (2, 1), (1, 3), (), (1,), (1, 1), (2, 3)):
        compare_shapes(table, shape)
    for shape in ((3,), (2, 3), (4, 1, 3), (2, 1), (1, 2, 1), (4, 1, 1), (1, 1, 1), (1, 3), (), (4, 2, 3)):
        compare_shapes(rand(4, 2, 3), shape)
    for shape in ((3,), (3, 3), (3, 1), (1, 3, 3), (1, 3, 1)):
        compare_shapes(rand(3, 3, 3), shape)  # equal sizes: only the place of an axis tells it from others
    for grad, shape in ((rand(1, 3), (3,)), (rand(2, 1, 3), (1, 3)), (rand(5), ()), (rand(()), ()), (rand(1, 1), (1,))):
        compare_shapes(grad, shape)


def hints_of_shapes(grad: Tensor, shape: tuple, wanted: Tensor) -> dict[str, object]:
    """What plausible mistakes would give for a shape."""
    extra = grad.dim() - len(shape)
    in_front = list(range(extra))
    ones = [axis for axis, size in enumerate(shape, extra) if size == 1]
    summed_in_front = grad.sum(in_front) if in_front else grad  # torch sums over all axes where none is named
    summed_ones = grad.sum(ones, keepdim=True) if ones else grad
    one_use = grad[(0,) * extra + tuple(slice(0, size) for size in shape)]
    return {
        "That is the mean: a number that was used n times gets the sum of n gradients.": (
            wanted * wanted.numel() / grad.numel()
        ),
        "The axes of size 1 were not summed: broadcasting stretches those as well.": summed_in_front,
        "The axes in front were not summed: broadcasting adds those that shape lacks.": summed_ones,
        "The axes in front are not in `shape`: sum over them without `keepdim`.": wanted[(None,) * extra],
        "An axis of size 1 stays in the result: sum over it with `keepdim=True`.": wanted.squeeze(),
        "That is one of the uses: the gradients of all of them add up.": one_use,
        "The wrong axes were summed: shapes align at the right, so those that are missing were in front.": anything,
    }


@exercise(points=2, stand_in=autograd.sgd_momentum_step)
def test_sgd_momentum_step(student):
    p, g, v = numbers(1, 2, -1), numbers(0.5, -1, 0.25), numbers(2, 4, -3)
    compare_step(student, [p], [g], [v], 0.1, 0.8)
    shapes = ((2, 3), (4,), (), (1, 1))
    lists = [[rand(shape) - 0.5 for shape in shapes] for _ in range(3)]
    each = "Each parameter has its own shape: go through the three lists together, one place at a time."
    for momentum in (0.9, 0.0):
        with explain(each):
            compare_step(student, *lists, 0.05, momentum)
    at_rest = [torch.zeros_like(p) for p in lists[0]]
    compare_step(student, lists[0], lists[1], at_rest, 2.0, 0.5)


def compare_step(student, params, grads, velocities, lr: float, momentum: float) -> None:
    """Ask for one step and compare every velocity, then every parameter."""
    call = "sgd_momentum_step(params, grads, velocities, lr, momentum)"
    wanted = autograd.sgd_momentum_step(params, grads, velocities, lr, momentum)
    got = student.sgd_momentum_step(params, grads, velocities, lr, momentum)
    if not isinstance(got, (tuple, list)) or len(got) != 2 or not all(is_list(part, len(params)) for part in got):
        form = f"expected a pair of lists with {len(params)} tensor{'s' * (len(params) != 1)} each."
        raise Mistake(f"{call}\n{form}\nReturn (new params, new velocities), both with all their tensors.")
    for name, part in (("velocities", 1), ("params", 0)):  # a wrong velocity makes a wrong parameter
        for i, state in enumerate(zip(params, grads, velocities, strict=True)):
            arguments = dict(zip("pgv", state, strict=True)) | {"lr": lr, "momentum": momentum}
            hints = hints_of_velocity(**arguments) if part else hints_of_parameter(**arguments)
            close(got[part][i], wanted[part][i], f"the new {name}[{i}] of {call}", hints, arguments)


def is_list(value: object, length: int) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == length


def hints_of_velocity(p, g, v, lr, momentum) -> dict[str, object]:
    new = momentum * v + g
    return {
        "That is with dampening: v = momentum v + g, where the gradient counts in full.": momentum * v
        + (1 - momentum) * g,
        "lr does not belong into the velocity: v = momentum v + g, then p = p - lr v.": momentum * v + lr * g,
        "Here the velocity points up the slope, and the minus comes with p = p - lr v.": momentum * v - lr * g,
        "The velocity is momentum v plus g, not minus.": momentum * v - g,
        "The old velocity is forgotten: v = momentum v + g.": g,
        "momentum is missing: v = momentum v + g.": v + g,
        "That is the old velocity: return the new one.": v,
        "momentum counts for the old velocity only: v = momentum v + g.": is_one_of(momentum * new, momentum * (v + g)),
        "That is Nesterov's look ahead: here the velocity is momentum v + g.": g + momentum * new,
        "The new params come first, then the new velocities.": p - lr * new,
    }


def hints_of_parameter(p, g, v, lr, momentum) -> dict[str, Tensor]:
    new = momentum * v + g
    return {
        "That goes up the slope: p - lr v.": p + lr * new,
        "lr is missing: p - lr v.": p - new,
        "That is a step with the old velocity: p moves with the new one.": p - lr * v,
        "That is plain descent, p - lr g: p moves with the velocity.": p - lr * g,
        "That is Nesterov's momentum: here p moves with v alone, p - lr v.": p - lr * (g + momentum * new),
        "momentum counts once, in the velocity: p - lr v.": p - lr * momentum * new,
        "That is the old p: return the new one.": p,
    }
