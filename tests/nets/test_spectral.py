"""Spectral normalisation against numpy's singular values and torch's own implementation."""

import numpy as np
import pytest
import torch
from torch import nn

from coursekit.nets.spectral import SpectralNorm, spectral_norm


def top_singular_value(layer):
    return np.linalg.svd(layer.weight.detach().flatten(1).numpy(), compute_uv=False)[0]


@pytest.mark.parametrize("layer", [lambda: nn.Linear(30, 20), lambda: nn.Conv2d(4, 8, 3)])
def test_the_largest_singular_value_becomes_one(layer):
    torch.manual_seed(0)
    layer = spectral_norm(layer())
    for _ in range(30):
        layer.weight  # noqa: B018 - each access in training mode is one power iteration
    assert top_singular_value(layer.eval()) == pytest.approx(1, abs=1e-3)


def test_the_estimate_keeps_up_with_training_steps():
    torch.manual_seed(0)
    layer = spectral_norm(nn.Linear(30, 20))
    optimizer = torch.optim.Adam(layer.parameters(), 1e-3)
    for _ in range(100):
        optimizer.zero_grad()
        (-layer(torch.randn(16, 30)).square().mean()).backward()
        optimizer.step()
    assert top_singular_value(layer.eval()) == pytest.approx(1, abs=0.1)


def test_outputs_and_gradients_equal_torchs_own_spectral_norm():
    torch.manual_seed(0)
    ours, theirs = nn.Linear(6, 5), nn.Linear(6, 5)
    theirs.load_state_dict(ours.state_dict())
    ours, theirs = spectral_norm(ours), nn.utils.parametrizations.spectral_norm(theirs)
    for _ in range(30):
        ours.weight, theirs.weight  # noqa: B018 - let both estimates converge
    x = torch.randn(3, 6)
    ours.eval(), theirs.eval()
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-4, rtol=1e-4)
    ours(x).square().sum().backward(), theirs(x).square().sum().backward()
    torch.testing.assert_close(
        ours.parametrizations.weight.original.grad, theirs.parametrizations.weight.original.grad, atol=1e-3, rtol=1e-3
    )


def test_the_estimate_moves_in_training_and_rests_in_eval():
    torch.manual_seed(0)
    norm = SpectralNorm(torch.randn(8, 8))
    other = torch.randn(8, 8)
    before = norm.u.clone()
    norm.eval()(other)
    assert torch.equal(norm.u, before)
    norm.train()(other)
    assert not torch.equal(norm.u, before)


def test_two_forwards_before_one_backward_keep_their_own_graph():
    layer = spectral_norm(nn.Linear(4, 1))
    real, fake = layer(torch.randn(8, 4)), layer(torch.randn(8, 4))
    (fake.mean() - real.mean()).backward()  # fails where the second forward changed what the first one saved
    assert layer.parametrizations.weight.original.grad.isfinite().all()
