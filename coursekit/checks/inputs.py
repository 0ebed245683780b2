"""Inputs of checks, float64, from torch's global generator: whoever runs a check has seeded it."""

import torch
from torch import Tensor


def numbers(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def rand(*shape: int) -> Tensor:
    return torch.rand(*shape, dtype=torch.float64)


def distribution(n: int) -> Tensor:
    """Probabilities (n,) that sum to 1, about a fifth of them 0."""
    weights = (rand(n) - 0.2).clamp(min=0)
    weights[torch.randint(n, (1,))] += 0.1
    return weights / weights.sum()


def tiny(n: int) -> Tensor:
    """Densities (n,) between 1e-250 and 1e-50."""
    return 10 ** (-50 - 200 * rand(n))
