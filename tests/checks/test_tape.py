"""The questions about `Value`: their oracle against PyTorch, and what an unfinished class hears."""

import sys

import pytest
import torch

from coursekit.autograd import Value
from coursekit.checks import tape
from coursekit.checks.judging import Mistake, NotStarted
from coursekit.checks.local import Local


def test_random_programs_give_pytorchs_gradients():
    numbers = {"a": 0.4, "b": -1.1, "c": 0.9}
    for seed in range(50):
        torch.manual_seed(seed)
        program = tape.random_program()
        leaves = {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in numbers.items()}
        exec(program, dict(leaves))
        wanted = [0.0 if leaf.grad is None else leaf.grad.item() for leaf in leaves.values()]
        got = tape.run(Local({"Value": Value}), program, "a.grad, b.grad, c.grad", numbers)
        assert got == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_counting_calls_leaves_no_profiler_behind():
    before = sys.getprofile()
    assert 0 < tape.calls_of_backward(Local({"Value": Value}), doublings=10) < tape.MAX_CALLS
    assert sys.getprofile() is before


class Stub(Value):
    def __add__(self, other):
        raise NotImplementedError


class Half(Value):
    def relu(self):
        raise NotImplementedError


def test_a_class_without_sums_is_not_started_and_one_without_relu_hears_of_a_stub():
    with pytest.raises(NotStarted, match="^Value is not started yet$"):
        tape.expect_started(Local({"Value": Stub}))
    tape.expect_started(Local({"Value": Half}))
    with pytest.raises(Mistake, match=r"relu\(\) with a = 1.5\nA method that this needs is still a stub"):
        tape.expect_operations(Local({"Value": lambda number: Half(number)}))
