"""Generators and discriminators: shapes, ranges, and the guidelines that DCGAN names."""

import pytest
import torch
from torch import nn

from coursekit.nets.average import Average
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator, levels
from coursekit.nets.init import dcgan_init
from coursekit.nets.mlp import ImageDiscriminator, ImageGenerator, mlp
from coursekit.nets.precision import InPrecision


@pytest.mark.parametrize(("size", "channels"), [(28, 1), (32, 3), (64, 3)])
def test_dcgan_maps_noise_to_images_of_the_asked_size_and_back_to_one_score(size, channels):
    images = DCGANGenerator(size, channels, latent=10, width=4)(torch.randn(3, 10))
    assert images.shape == (3, channels, size, size) and images.abs().max() <= 1
    assert DCGANDiscriminator(size, channels, width=4)(images).shape == (3, 1)


@pytest.mark.parametrize(("size", "expected"), [(28, (7, 2)), (32, (4, 3)), (64, (4, 4)), (48, (6, 3))])
def test_images_are_halved_until_four_to_seven_pixels_are_left(size, expected):
    assert levels(size) == expected


@pytest.mark.parametrize("size", [30, 7, 33])
def test_a_size_that_cannot_be_halved_is_refused_with_the_cure(size):
    with pytest.raises(ValueError, match="resize the images to 28, 32 or 64"):
        levels(size)


def test_dcgan_follows_the_guidelines():
    G, D = DCGANGenerator(64, 3), DCGANDiscriminator(64, 3)
    for net in (G, D):
        assert not any(isinstance(m, nn.Linear | nn.MaxPool2d | nn.AvgPool2d | nn.Upsample) for m in net.modules())
    assert isinstance(G.layers[-1], nn.ConvTranspose2d)  # no normalisation at the output
    assert not isinstance(D.features[1], nn.BatchNorm2d)  # nor after D's first layer
    assert sum(isinstance(m, nn.BatchNorm2d) for m in G.modules()) == 4
    assert sum(isinstance(m, nn.BatchNorm2d) for m in D.modules()) == 3


def test_dcgan_init_reaches_every_layer_with_the_papers_spread():
    torch.manual_seed(0)
    net = dcgan_init(DCGANGenerator(64, 3, width=32))
    convs = [m for m in net.modules() if isinstance(m, nn.ConvTranspose2d)]
    for conv in convs:
        assert conv.weight.std().item() == pytest.approx(0.02, rel=0.1)
    gains = torch.cat([m.weight for m in net.modules() if isinstance(m, nn.BatchNorm2d)])
    assert gains.mean().item() == pytest.approx(1, abs=0.01) and gains.std().item() == pytest.approx(0.02, rel=0.2)


def test_mlp_has_no_activation_after_its_last_layer():
    net = mlp((3, 4, 2), nn.ReLU)
    assert [type(layer) for layer in net] == [nn.Linear, nn.ReLU, nn.Linear]


def test_image_mlps_keep_any_shape():
    images = ImageGenerator((3, 8, 6), latent=5, hidden=(7, 9))(torch.randn(4, 5))
    assert images.shape == (4, 3, 8, 6) and images.abs().max() <= 1
    assert ImageDiscriminator((3, 8, 6), hidden=(7,))(images).shape == (4, 1)


def test_a_net_in_bfloat16_returns_float32_near_its_float32_self():
    torch.manual_seed(0)
    net = mlp((20, 30, 1), nn.Tanh)
    x = torch.randn(50, 20)
    low, exact = InPrecision(net, torch.bfloat16)(x), InPrecision(net, torch.float32)(x)
    assert low.dtype == torch.float32
    assert torch.equal(exact, net(x))
    assert 0 < (low - exact).abs().max() < 0.03


def test_a_net_in_bfloat16_sees_an_update_at_once():
    # Autocast around a whole step would keep the cast copy of the old weights; inside forward it cannot.
    net = InPrecision(nn.Linear(1, 1, bias=False), torch.bfloat16)
    x = torch.ones(1, 1)
    net(x).sum().backward()
    with torch.no_grad():
        net.net.weight.fill_(3.0)
    assert net(x).item() == 3.0


def test_average_follows_the_closed_form_of_its_warm_up():
    net = nn.Linear(1, 1, bias=False)
    average = Average(net, decay=0.5)
    value = net.weight.item()
    for k, new in enumerate([1.0, -2.0, 5.0, 0.25, 1.0, 4.0, 2.0, 8.0, 3.0, 3.0, 1.0]):
        with torch.no_grad():
            net.weight.fill_(new)
        average(k + 1, {})
        decay = min(0.5, (1 + k) / (10 + k))
        value = decay * value + (1 - decay) * new
    assert average.net.weight.item() == pytest.approx(value, rel=1e-6)
    assert not average.net.weight.requires_grad


def test_average_takes_batch_statistics_as_they_are():
    net = nn.BatchNorm1d(2)
    average = Average(net, decay=0.9)
    net(torch.randn(64, 2) + 5)
    average(1, {})
    assert torch.equal(average.net.running_mean, net.running_mean)


def test_average_without_decay_is_the_net_itself():
    net = nn.Linear(2, 2)
    average = Average(net, decay=0.0)
    with torch.no_grad():
        net.weight.mul_(2)
    average(1, {})
    assert torch.equal(average.net.weight, net.weight)
