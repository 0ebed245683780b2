"""The tape and the matrix rules against torch.autograd, float64, and momentum against torch.optim."""

import math
import random

import pytest
import torch
from torch import nn

from coursekit.autograd import Value, bce_logits_backward, linear_backward, sgd_momentum_step, unbroadcast

EXACT = {"rtol": 1e-10, "atol": 1e-12}
UNARY = {  # one for each operation, written for Values and tensors alike
    "negative": lambda a: -a,
    "square": lambda a: a**2,
    "power -1.5": lambda a: (a * a + 0.5) ** -1.5,
    "power 0": lambda a: a**0 * a,
    "tanh": lambda a: a.tanh(),
    "relu": lambda a: a.relu(),
    "exp": lambda a: a.exp(),
    "log": lambda a: (a * a + 0.1).log(),
    "number left of +": lambda a: 2 + a,
    "number left of *": lambda a: 3 * a,
    "number left of -": lambda a: 2 - a,
    "number left of /": lambda a: 2 / (a * a + 1),
    "number right": lambda a: (a + 1) * 2 - 3 + a / 4,
}
BINARY = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / (b * b + 1),
}


def gradients_of_tape_and_torch(function, numbers):
    """The result and the gradients of `function(*leaves)` by the tape and by torch, as two lists of floats."""
    ours = [Value(number) for number in numbers]
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    result, wanted = function(*ours), function(*theirs)
    result.backward()
    wanted.backward()
    return [result.data, *(leaf.grad for leaf in ours)], [wanted.item(), *(leaf.grad.item() for leaf in theirs)]


@pytest.mark.parametrize("number", [-1.7, -0.3, 0.0, 0.4, 2.1])
@pytest.mark.parametrize("name", UNARY)
def test_an_operation_on_one_number_has_torchs_value_and_slope(name, number):
    ours, theirs = gradients_of_tape_and_torch(UNARY[name], [number])
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", BINARY)
def test_an_operation_on_two_numbers_has_torchs_value_and_slopes(name):
    for numbers in ([0.7, -1.2], [-2.0, 0.5], [0.0, 0.0]):
        ours, theirs = gradients_of_tape_and_torch(BINARY[name], numbers)
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", range(100))
def test_random_graphs_with_reused_nodes_have_torchs_gradients(seed):
    def expression(*leaves):
        rng, nodes = random.Random(seed), list(leaves)
        for _ in range(15):
            one = BINARY[rng.choice(list(BINARY))](rng.choice(nodes), rng.choice(nodes))
            nodes.append(rng.choice([UNARY["tanh"], UNARY["relu"], UNARY["log"], UNARY["number right"]])(one))
        return sum(nodes)

    numbers = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).tolist()
    ours, theirs = gradients_of_tape_and_torch(expression, numbers)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_a_node_used_twice_by_one_operation_counts_twice():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7


def test_a_leaf_adds_up_over_backward_passes_and_the_nodes_between_start_anew():
    x = Value(3.0)
    square = x * x
    result = square * 2
    result.backward()
    result.backward()
    assert (x.grad, square.grad) == (24, 2)  # 12 twice, as torch's leaves do; 2 once


def test_a_leaf_is_its_own_result():
    x = Value(5.0)
    x.backward()
    assert x.grad == 1


def test_each_node_comes_after_its_parents_and_once():
    a = Value(1.0)
    b = a * a
    c = b + a
    nodes = (c * b + c).order()
    assert len(nodes) == len(set(nodes)) == 5
    assert all(nodes.index(parent) < nodes.index(node) for node in nodes for parent in node.parents)


def test_a_graph_deeper_than_pythons_recursion_limit_goes_back():
    x, total = Value(2.0), Value(0.0)
    for _ in range(20_000):
        total = total + x
    total.backward()
    assert x.grad == 20_000


def test_a_graph_with_2_to_the_60_paths_is_walked_node_by_node():
    x = Value(1.0)
    doubled = x
    for _ in range(60):
        doubled = doubled + doubled
    doubled.backward()
    assert x.grad == 2.0**60


def test_what_has_no_real_value_says_so():
    with pytest.raises(ValueError, match="greater than 0"):
        Value(-1.0).log()
    with pytest.raises(ValueError, match="not a real number"):
        Value(-1.0) ** 0.5
    with pytest.raises(TypeError, match="exponent"):
        Value(2.0) ** Value(3.0)
    with pytest.raises(ZeroDivisionError):
        1 / Value(0.0)


def test_a_value_shows_its_number_and_its_gradient():
    x = Value(3)
    (x * 2).backward()
    assert repr(x) == "Value(3, grad=2)"


@pytest.mark.parametrize("n, n_in, n_out", [(5, 3, 4), (1, 1, 1), (7, 2, 1)])
def test_linear_backward_is_autograds_gradient_of_a_layer(n, n_in, n_out):
    generator = torch.Generator().manual_seed(n)
    x, weight, bias, grad_out = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((n, n_in), (n_out, n_in), (n_out,), (n, n_out))
    )
    leaves = [tensor.requires_grad_() for tensor in (x, weight, bias)]
    wanted = torch.autograd.grad(nn.functional.linear(*leaves), leaves, grad_out)
    torch.testing.assert_close(linear_backward(x.detach(), weight.detach(), grad_out), wanted, **EXACT)


@pytest.mark.parametrize("shapes", [((5, 3), (3, 4), (5, 4)), ((5, 3), (4, 3), (4, 5)), ((5, 3), (4, 3), (4,))])
def test_linear_backward_names_the_shapes_it_needs(shapes):
    with pytest.raises(ValueError, match=r"\(n, in\), \(out, in\) and \(n, out\)"):
        linear_backward(*(torch.zeros(shape) for shape in shapes))


@pytest.mark.parametrize("shape", [(6,), (6, 1), (2, 3)])
def test_bce_backward_is_autograds_gradient_of_the_mean_and_finite_at_100(shape):
    logits = torch.tensor([-100.0, -2.0, 0.0, 0.5, 3.0, 100.0], dtype=torch.float64).reshape(shape).requires_grad_()
    targets = torch.tensor([1.0, 0.0, 1.0, 0.3, 0.0, 0.0], dtype=torch.float64).reshape(shape)
    nn.functional.binary_cross_entropy_with_logits(logits, targets).backward()
    torch.testing.assert_close(bce_logits_backward(logits.detach(), targets), logits.grad, **EXACT)


def test_bce_backward_refuses_a_column_against_a_row():
    with pytest.raises(ValueError, match="every logit with every target"):
        bce_logits_backward(torch.zeros(4, 1), torch.zeros(4))


SHAPES = [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (1, 1, 1), (4, 1, 3), (4, 2, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_unbroadcast_is_autograds_gradient_of_an_expand(shape):
    generator = torch.Generator().manual_seed(0)
    grad = torch.randn(4, 2, 3, generator=generator, dtype=torch.float64)
    leaf = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    (wanted,) = torch.autograd.grad(leaf.expand(4, 2, 3), leaf, grad)
    torch.testing.assert_close(unbroadcast(grad, shape), wanted, **EXACT)


@pytest.mark.parametrize("shape", [(4,), (2, 4), (2, 3, 1), (1, 4, 2, 3)], ids=str)
def test_unbroadcast_refuses_a_shape_that_cannot_have_been_stretched(shape):
    with pytest.raises(ValueError, match="nothing of shape"):
        unbroadcast(torch.zeros(4, 2, 3), shape)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_twenty_momentum_steps_are_those_of_torchs_sgd(momentum):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum)
    params = [p.detach().clone() for p in net.parameters()]
    velocities = [torch.zeros_like(p) for p in params]
    for _ in range(20):
        optimizer.zero_grad()
        (net(torch.randn(8, 3, dtype=torch.float64)) ** 2).mean().backward()
        grads = [p.grad.clone() for p in net.parameters()]
        params, velocities = sgd_momentum_step(params, grads, velocities, 0.1, momentum)
        optimizer.step()
    torch.testing.assert_close(params, [p.detach() for p in net.parameters()], **EXACT)


def test_a_momentum_step_by_hand_that_changes_nothing_in_place():
    before = [[torch.tensor([1.0, 2.0])], [torch.tensor([0.5, -1.0])], [torch.tensor([2.0, 4.0])]]
    kept = [[tensor.clone() for tensor in tensors] for tensors in before]
    params, velocities = sgd_momentum_step(*before, lr=0.1, momentum=0.5)
    torch.testing.assert_close(velocities, [torch.tensor([1.5, 1.0])])  # 0.5 * 2 + 0.5, 0.5 * 4 - 1
    torch.testing.assert_close(params, [torch.tensor([0.85, 1.9])])
    assert all(torch.equal(a, b) for old, new in zip(kept, before, strict=True) for a, b in zip(old, new, strict=True))


def test_a_momentum_step_wants_one_gradient_for_each_parameter():
    one, two = [torch.zeros(1)], [torch.zeros(1)] * 2
    with pytest.raises(ValueError):
        sgd_momentum_step(two, one, two, 0.1, 0.9)
    with pytest.raises(ValueError):
        sgd_momentum_step(two, one, one, 0.1, 0.9)


def test_tanh_far_out_is_flat_and_finite():
    x = Value(1000.0)
    x.tanh().backward()
    assert x.grad == 0 and math.isfinite(x.tanh().data)
