"""Features of D against forward hooks and torch's pooling. The nets' other laws are in test_nets.py."""

import pytest
import torch
from torch import nn
from torch.nn.functional import adaptive_max_pool2d

from coursekit.nets.dcgan import DCGANDiscriminator, discriminator_features
from coursekit.nets.spectral import spectral_norm


def hooked(D, x):
    """The outputs of all leaky ReLUs, caught on the way to the scores, pooled and joined."""
    seen = []
    hooks = [
        m.register_forward_hook(lambda *it: seen.append(it[2])) for m in D.modules() if isinstance(m, nn.LeakyReLU)
    ]
    with torch.no_grad():
        D(x)
    for hook in hooks:
        hook.remove()
    return torch.cat([adaptive_max_pool2d(h, 4).flatten(1) for h in seen], 1)


@pytest.mark.parametrize(("size", "channels", "width", "n"), [(28, 1, 32, 1536), (32, 3, 4, 28 * 16), (64, 1, 2, 480)])
def test_features_are_all_hidden_activations_pooled_to_4_by_4(size, channels, width, n):
    torch.manual_seed(0)
    D = DCGANDiscriminator(size, channels, width).eval()
    x = torch.randn(5, channels, size, size)
    features = discriminator_features(D, x)
    assert features.shape == (5, n)
    torch.testing.assert_close(features, hooked(D, x), rtol=0, atol=0)
    torch.testing.assert_close(features[2:3], discriminator_features(D, x[2:3]))


def test_features_of_a_normalised_d_without_batch_norm():
    D = DCGANDiscriminator(width=4, norm=lambda _: nn.Identity(), wrap=spectral_norm).eval()
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(discriminator_features(D, x), hooked(D, x), rtol=0, atol=0)


def test_features_leave_d_and_the_images_alone():
    D, x = DCGANDiscriminator(width=4).eval(), torch.randn(3, 1, 28, 28, requires_grad=True)
    before, copy = [v.clone() for v in D.state_dict().values()], x.detach().clone()
    assert not discriminator_features(D, x).requires_grad
    assert all(torch.equal(a, b) for a, b in zip(before, D.state_dict().values(), strict=True))
    assert torch.equal(x, copy) and not D.training
