"""Checks to develop the grader against: two plain calls and a differential probe of a training step."""

import pytest
import torch
from torch import nn

HIDDEN = ("coursekit.theory",)


def js_of_bernoulli(a: float, b: float) -> float:
    """Closed form for two coins, worked out apart from any library."""
    p, q = torch.tensor([a, 1 - a]).double(), torch.tensor([b, 1 - b]).double()
    m = (p + q) / 2
    return float(((p * (p / m).log()).sum() + (q * (q / m).log()).sum()) / 2)


@pytest.mark.points(2)
def test_js_divergence(student):
    for a, b in torch.rand(3, 2).clamp(0.05, 0.95).tolist():
        p, q = torch.tensor([a, 1 - a]), torch.tensor([b, 1 - b])
        got = student.js_divergence(p, q)
        assert abs(float(got) - js_of_bernoulli(a, b)) < 1e-5, "JS of two coins is wrong: is m the mean of p and q?"


def test_optimal_discriminator(student):
    p, q = torch.rand(5) + 0.1, torch.rand(5) + 0.1
    torch.testing.assert_close(student.optimal_discriminator(p, q), p / (p + q))


def step_probe(student, weight, x):
    import torch

    net = torch.nn.Linear(3, 1)
    with torch.no_grad():
        net.weight.copy_(weight)
        net.bias.zero_()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    losses = [student.train_step(net, optimizer, x).detach() for _ in range(3)]
    return {"losses": losses, "weight": net.weight, "bias": net.bias}


class Reference:
    @staticmethod
    def train_step(net: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor) -> torch.Tensor:
        loss = (net(x) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss


def test_train_step(student):
    sent = {"weight": torch.randn(1, 3), "x": torch.randn(8, 3)}
    theirs, ours = student.probe(step_probe, **sent), step_probe(Reference, **sent)
    torch.testing.assert_close(theirs["losses"], ours["losses"], msg="the losses of three steps differ")
    torch.testing.assert_close(theirs["weight"], ours["weight"].detach(), msg="the weights after three steps differ")
