"""SRGAN's losses by hand, and where their gradients go."""

import math

import pytest
import torch
from torch import nn

from coursekit.nets.perceptual import WhichPhotograph
from coursekit.super_resolution import all_maps, content_loss, perceptual_loss


def test_content_is_the_mean_squared_difference_of_features():
    sr, hr = torch.randn(2, 3, 3, 8, 8, dtype=torch.float64)
    features = nn.Conv2d(3, 4, 3).double()
    expected = (features(sr) - features(hr)).square().mean()
    torch.testing.assert_close(content_loss(features, sr, hr), expected)
    torch.testing.assert_close(content_loss(lambda x: x, sr, hr), (sr - hr).square().mean())


def test_no_gradient_reaches_the_true_image():
    sr, hr = (torch.randn(1, 3, 4, 4, requires_grad=True) for _ in range(2))
    content_loss(lambda x: 2 * x, sr, hr).backward()
    assert hr.grad is None
    torch.testing.assert_close(sr.grad, 8 * (sr - hr).detach() / sr.numel())


@pytest.mark.parametrize("shape", [(4,), (4, 1), (4, 1, 2, 3)])
def test_the_perceptual_loss_adds_minus_log_d_with_its_weight(shape):
    content, scores = torch.tensor(0.7), torch.randn(shape)
    expected = 0.7 + 1e-3 * -torch.log(torch.sigmoid(scores)).mean().item()
    assert perceptual_loss(content, scores).item() == pytest.approx(expected, rel=1e-5)
    undecided = perceptual_loss(content, torch.zeros(shape), weight=0.5)
    assert undecided.item() == pytest.approx(0.7 + 0.5 * math.log(2))


def test_all_maps_is_every_feature_of_every_map():
    net, x = WhichPhotograph(2, width=2), torch.rand(3, 3, 16, 16)
    features = all_maps(net)(x)
    assert features.shape == (3, 2 * 256 + 4 * 64 + 8 * 16)
    torch.testing.assert_close(features[:, -8 * 16 :], net.maps(x)[2].flatten(1))
