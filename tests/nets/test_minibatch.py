"""Layers that look across the batch, against loops over pairs and numpy."""

import numpy as np
import pytest
import torch
from torch import nn

from coursekit.nets.minibatch import MinibatchDiscrimination, MinibatchStddev, minibatch_stddev


@pytest.mark.parametrize("shape", [(6, 3), (5, 2, 4, 4), (4, 1, 7, 5)])
def test_the_new_channel_is_the_mean_of_numpys_standard_deviations_over_the_batch(shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 3 + 1
    out = minibatch_stddev(x)
    assert out.shape == (shape[0], shape[1] + 1, *shape[2:]) and torch.equal(out[:, :-1], x)
    expected = np.std(x.numpy(), axis=0).mean()
    np.testing.assert_allclose(out[:, -1].numpy(), expected, rtol=1e-6)
    assert torch.equal(MinibatchStddev()(x), out)


def test_a_batch_of_copies_has_no_spread_and_a_finite_slope():
    x = torch.ones(4, 2).requires_grad_(True)
    out = minibatch_stddev(x)
    assert out[:, -1].max() < 1e-3
    out.sum().backward()
    assert x.grad.isfinite().all()


def test_the_spread_of_one_sample_depends_on_the_others():
    x = torch.tensor([[0.0], [0.0], [3.0]]).requires_grad_(True)
    (slope,) = torch.autograd.grad(minibatch_stddev(x)[0, -1], x)
    assert slope[2] > 0.1 and slope[0] < 0  # away from the others it grows


def test_closeness_is_the_papers_sum_over_pairs():
    torch.manual_seed(0)
    layer = MinibatchDiscrimination(5, 4, 3).double()
    with torch.no_grad():
        layer.kernels.mul_(10)
    f = torch.randn(6, 5, dtype=torch.float64)
    T, expected = layer.kernels.detach().numpy(), np.zeros((6, 4))
    for i in range(6):
        for j in range(6):
            for b in range(4):
                m_i, m_j = f[i].numpy() @ T[:, b], f[j].numpy() @ T[:, b]
                expected[i, b] += np.exp(-np.abs(m_i - m_j).sum())
    out = layer(f).detach()
    assert torch.equal(out[:, :5], f)
    np.testing.assert_allclose(out[:, 5:].numpy(), expected, rtol=1e-12)


def test_copies_are_as_close_as_can_be_and_strangers_see_only_themselves():
    layer = MinibatchDiscrimination(3, 2, 4)
    assert torch.allclose(layer(torch.ones(7, 3))[:, 3:], torch.full((7, 2), 7.0))
    far = layer(1e6 * torch.eye(3))[:, 3:]
    assert torch.allclose(far, torch.ones(3, 2))


def test_its_kernels_learn_and_serve_under_a_penalty():
    """R1 differentiates D twice: a layer that cannot be differentiated twice would not join with it."""
    torch.manual_seed(0)
    layer = MinibatchDiscrimination(3, 2, 4)
    D = nn.Sequential(layer, nn.Linear(5, 1))
    x = torch.randn(6, 3, requires_grad=True)
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    slope.square().sum().backward()
    assert layer.kernels.grad.abs().max() > 0
