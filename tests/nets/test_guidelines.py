"""The DCGAN pair with its guidelines as arguments: by default it is DCGAN, and an argument changes what it says."""

import pytest
import torch
from torch import nn

from coursekit.nets import guidelines
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from coursekit.nets.guidelines import make_discriminator, make_generator
from coursekit.nets.init import dcgan_init

SHAPE = (1, 28, 28)


def kinds(net: nn.Module) -> list[str]:
    return [type(layer).__name__ for layer in net.modules()]


def weights(net: nn.Module) -> list[torch.Tensor]:
    """Kernels and gains in order; the pair has biases where DCGAN's nets have none, and they begin at 0."""
    return [p for name, p in net.named_parameters() if not name.endswith("bias")]


def test_by_default_the_pair_computes_what_dcgan_computes():
    torch.manual_seed(0)
    pairs = (
        (make_generator(SHAPE, 10, 4), DCGANGenerator(28, 1, 10, 4), torch.randn(5, 10)),
        (make_discriminator(SHAPE, 4), DCGANDiscriminator(28, 1, 4), torch.randn(5, *SHAPE)),
    )
    for mine, theirs, x in pairs:
        dcgan_init(mine), dcgan_init(theirs)
        with torch.no_grad():
            for a, b in zip(weights(mine), weights(theirs), strict=True):
                a.copy_(b)
        torch.testing.assert_close(mine(x), theirs(x))


@pytest.mark.parametrize(
    ("make", "argument", "value", "appears", "vanishes"),
    [
        ("G", "up", guidelines.upsampled, "Upsample", None),
        ("D", "down", guidelines.pooled, "MaxPool2d", None),
        ("G", "norm", nn.Identity, "Identity", "BatchNorm2d"),
        ("D", "norm", nn.Identity, "Identity", "BatchNorm2d"),
        ("G", "stem", guidelines.dense_stem, "Linear", None),
        ("D", "head", guidelines.dense_head, "Linear", None),
        ("G", "activation", nn.Tanh, "Tanh", "ReLU"),
        ("D", "activation", nn.ReLU, "ReLU", "LeakyReLU"),
        ("G", "output", nn.Identity, "Identity", "Tanh"),
    ],
)
def test_an_argument_replaces_its_layers_and_keeps_the_sizes(make, argument, value, appears, vanishes):
    if make == "G":
        net, x, shape = make_generator(SHAPE, 10, 4, **{argument: value}), torch.randn(3, 10), (3, *SHAPE)
    else:
        net, x, shape = make_discriminator(SHAPE, 4, **{argument: value}), torch.randn(3, *SHAPE), (3, 1)
    assert net(x).shape == shape
    assert appears in kinds(net) and vanishes not in kinds(net)


def test_normalisation_everywhere_reaches_the_output_of_g_and_the_first_layer_of_d():
    G = make_generator(SHAPE, 10, 4, output=guidelines.normed_tanh)
    D = make_discriminator(SHAPE, 4, first_norm=nn.BatchNorm2d)
    assert kinds(G).count("BatchNorm2d") == 3 and kinds(D).count("BatchNorm2d") == 2
    assert kinds(G)[-2:] == ["BatchNorm2d", "Tanh"] and kinds(D)[2] == "BatchNorm2d"
