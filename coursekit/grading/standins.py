"""What a student's process gets in place of other things: `coursekit.checks`, and optimisers that do not compile."""

import functools
import sys
import types
from collections.abc import Callable

import torch
from torch.optim import Optimizer


def replace_checks() -> None:
    """Makes `from coursekit.checks import check` work where the checks are hidden; there `check` has no say."""
    import coursekit

    module = types.ModuleType("coursekit.checks", "Stands in for the checks, which cannot be read here.")
    module.check = lambda exercise, function: function
    module.__path__ = []  # a package, so that whatever is below it gets an answer from the finders
    sys.modules["coursekit.checks"] = coursekit.checks = module


def spare_the_compiler() -> None:
    """Keeps torch's optimisers from importing torch._dynamo, which takes over a second.

    They do so only to say that they are themselves not to be compiled: torch._compile._disable_dynamo and
    torch.optim.optimizer._use_grad_for_differentiable. Where these are not as they were in torch 2.11 to 2.15, nothing
    happens but that import.
    """
    classes = [
        value for value in vars(torch.optim).values() if isinstance(value, type) and issubclass(value, Optimizer)
    ]
    modules = [sys.modules[one.__module__] for one in classes]
    for owner in (*classes, *modules):
        for name, function in list(vars(owner).items()):
            inner = getattr(function, "__wrapped__", None)
            if not isinstance(inner, types.FunctionType):
                continue
            if getattr(function, "__code__", None) and function.__code__.co_name == "_use_grad":
                setattr(owner, name, without_graph_breaks(inner))
            else:
                setattr(inner, "__dynamo_disable", inner)  # noqa: B010 - its double underscore is meant


def without_graph_breaks(step: Callable) -> Callable:
    """An optimiser's step as torch runs it: gradients are recorded only if it is asked to be differentiable."""

    @functools.wraps(step)
    def run(self: Optimizer, *args: object, **kwargs: object) -> object:
        before = torch.is_grad_enabled()
        torch.set_grad_enabled(self.defaults["differentiable"])
        try:
            return step(self, *args, **kwargs)
        finally:
            torch.set_grad_enabled(before)

    return run
