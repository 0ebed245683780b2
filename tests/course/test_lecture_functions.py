"""A function that a lecture writes and a later lesson imports from coursekit: both must give the same values.

The function is taken out of the lecture's source, with the imports and the functions it stands on, and nothing else of
the lecture is run. To add one: a row of LECTURE_FUNCTIONS.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from coursekit import autograd, theory

SOURCES = Path(__file__).resolve().parents[2] / "notebooks" / "src"


def probabilities(generator, n=9):
    """A random discrete distribution with some zeros, float64 (n,)."""
    weights = torch.rand(n, generator=generator, dtype=torch.float64) - 0.2
    return weights.clamp(min=0) / weights.clamp(min=0).sum()


def two_distributions(generator):
    return probabilities(generator), probabilities(generator)


def d_and_two_densities(generator):
    return torch.rand(9, generator=generator, dtype=torch.float64), *two_distributions(generator), 0.25


def sure_d_and_two_densities(generator):
    return torch.randint(2, (9,), generator=generator).double(), *two_distributions(generator), 0.25


def two_densities(generator):
    return *two_distributions(generator), 0.25


def layer_and_gradient(generator):
    shapes = ((5, 3), (4, 3), (5, 4))
    return tuple(torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)


def logits_and_targets(generator):
    logits = 50 * torch.randn(6, 1, generator=generator, dtype=torch.float64)
    return logits, torch.randint(2, (6, 1), generator=generator).double()


def gradient_and_shape_before(generator):
    shapes = [(), (3,), (1, 3), (2, 1), (2, 3), (4, 1, 3), (4, 2, 3)]
    chosen = shapes[int(torch.randint(len(shapes), (), generator=generator))]
    return torch.randn(4, 2, 3, generator=generator, dtype=torch.float64), chosen


def momentum_state(generator):
    tensors = [torch.randn(2, 3, generator=generator, dtype=torch.float64) for _ in range(6)]
    return tensors[:2], tensors[2:4], tensors[4:], 0.1, 0.9


@dataclass(frozen=True)
class Written:
    """A function `name` of lecture `lesson`, what it must equal, and a maker of random arguments."""

    lesson: str
    name: str
    library: Callable
    arguments: Callable[[torch.Generator], tuple]

    def __str__(self) -> str:
        return f"{self.lesson}.{self.name}-{self.arguments.__name__}"


LECTURE_FUNCTIONS = [
    Written("03", "value_function", theory.value_function, d_and_two_densities),
    Written("03", "value_function", theory.value_function, sure_d_and_two_densities),
    Written("03", "optimal_discriminator", theory.optimal_discriminator, two_distributions),
    Written("03", "virtual_training_criterion", theory.virtual_training_criterion, two_densities),
    Written("03", "js_divergence", theory.js_divergence, two_distributions),
    Written("01", "linear_backward", autograd.linear_backward, layer_and_gradient),
    Written("01", "bce_logits_backward", autograd.bce_logits_backward, logits_and_targets),
    Written("01", "unbroadcast", autograd.unbroadcast, gradient_and_shape_before),
    Written("01", "sgd_momentum_step", autograd.sgd_momentum_step, momentum_state),
]


def function_of_lecture(lesson: str, name: str) -> Callable:
    """The function as the lecture defines it last, able to call the lecture's other functions and imports."""
    [path] = SOURCES.glob(f"{lesson}_*.py")
    wanted = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    kept = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, wanted)]
    namespace = {}
    exec(compile(ast.Module(kept, type_ignores=[]), str(path), "exec"), namespace)
    assert name in namespace, f"{path.name} defines no {name}: correct the table, or the lecture"
    return namespace[name]


@pytest.mark.parametrize("written", LECTURE_FUNCTIONS, ids=str)
def test_a_function_written_in_a_lecture_equals_the_librarys(written):
    function = function_of_lecture(written.lesson, written.name)
    assert function is not written.library, "the lecture imports this function, it does not write it"
    for seed in range(20):
        arguments = written.arguments(torch.Generator().manual_seed(seed))
        torch.testing.assert_close(function(*arguments), written.library(*arguments), rtol=1e-9, atol=1e-12)


def test_the_tape_that_lecture_01_grows_gives_the_librarys_values_and_gradients():
    grown = function_of_lecture("01", "Value")
    assert grown is not autograd.Value
    for seed in range(20):
        numbers = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).tolist()
        outcomes = []
        for kind in (grown, autograd.Value):
            leaves = [kind(number) for number in numbers]
            result = ((leaves[0] * leaves[1] + leaves[2]).tanh() - leaves[0]) ** 2 + 2 * leaves[1].exp() / 3
            result = result + (leaves[2] * leaves[2] + 1).log() * -leaves[0].relu()
            result.backward()
            result.backward()
            outcomes.append([result.data, *(leaf.grad for leaf in leaves)])
        assert outcomes[0] == pytest.approx(outcomes[1], rel=1e-12, abs=1e-12)
