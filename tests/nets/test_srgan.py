"""SRGAN's nets: shuffled pixels, blocks that add, a generator that starts as bicubic and sees only its reach."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from coursekit.nets.spectral import spectral_norm
from coursekit.nets.srgan import (
    DoubleSize,
    ResidualBlock,
    SRDiscriminator,
    SRResNet,
    WithoutNoise,
    enlarge,
    pixel_shuffle,
)


@pytest.mark.parametrize("r", [1, 2, 3])
def test_pixel_shuffle_is_torchs(r):
    x = torch.randn(2, 2 * r * r, 3, 4)
    assert torch.equal(pixel_shuffle(x, r), nn.functional.pixel_shuffle(x, r))


def test_pixel_shuffle_refuses_channels_that_make_no_block():
    with pytest.raises(ValueError, match="6 channels do not make blocks of 2 x 2"):
        pixel_shuffle(torch.zeros(1, 6, 2, 2), 2)


def test_enlarging_is_pillows_bicubic():
    low = torch.rand(1, 1, 6, 9) * 2 - 1
    expected = Image.fromarray(low[0, 0].numpy()).resize((36, 24), Image.BICUBIC)
    torch.testing.assert_close(enlarge(low)[0, 0], torch.tensor(np.array(expected)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, nn.Identity])
def test_a_residual_block_adds_two_convolutions_to_its_input(norm):
    block, x = ResidualBlock(5, norm).eval(), torch.randn(2, 5, 6, 7)
    kinds = [type(layer) for layer in block.layers]
    assert kinds == [nn.Conv2d, norm, nn.PReLU, nn.Conv2d, norm]
    first, _, rectify, second, _ = block.layers
    by_hand = x + second(rectify(first(x)))  # an untrained normalisation changes nothing in evaluation mode
    torch.testing.assert_close(block(x), by_hand, rtol=1e-4, atol=1e-5)


def test_a_doubled_map_starts_without_a_checkerboard():
    made = DoubleSize(4)(torch.randn(2, 4, 5, 6)).unfold(2, 2, 2).unfold(3, 2, 2)
    assert made.shape == (2, 4, 5, 6, 2, 2)
    torch.testing.assert_close(made, made[..., :1, :1].expand_as(made))


def test_a_plain_area_stays_plain_whatever_the_weights():
    torch.manual_seed(0)
    net = shaken(SRResNet(6, 1)).double()
    for layer in net.grow:
        nn.init.normal_(layer.expand.weight)
        nn.init.normal_(layer.expand.bias)
    low = torch.rand(2, 3, 1, 1, dtype=torch.float64).expand(-1, -1, 24, 24)
    with torch.no_grad():
        detail = (net(low) - enlarge(low))[..., 40:56, 40:56]  # as far from the border as the net can see
        assert detail.abs().min() > 0.1 and detail.std((2, 3)).max() < 1e-9
        free = nn.functional.pixel_shuffle(net.grow[0].expand(low[:, :1].expand(-1, 6, -1, -1)), 2)[..., 8:16, 8:16]
        blocks = net.grow[0](torch.randn(1, 6, 8, 8, dtype=torch.float64)).unfold(2, 2, 2).unfold(3, 2, 2)
    assert free.std((2, 3)).min() > 0.1  # what the same kernels do where they need not agree
    assert blocks.std((4, 5)).min() > 1e-3  # and where there is something to see, the four pixels do differ


def test_an_untrained_srresnet_is_bicubic_and_of_any_size():
    net, low = SRResNet(8, 2), torch.rand(1, 3, 5, 11) * 2 - 1
    torch.testing.assert_close(net(low), enlarge(low))
    assert net(low).shape == (1, 3, 20, 44)


def shaken(net):
    """The net with random weights in its last layer too, which starts at zero."""
    nn.init.normal_(net.last.weight, 0, 0.1)
    return net.eval()


@pytest.mark.parametrize("n_blocks", [0, 2])
def test_nothing_beyond_its_reach_changes_an_output(n_blocks):
    net = shaken(SRResNet(4, n_blocks)).double()
    low = torch.rand(1, 3, 1, 60, dtype=torch.float64)
    other = low.clone()
    other[..., 40] += 1
    with torch.no_grad():
        changed = (net(low) - net(other)).abs().amax((0, 1, 2)).reshape(60, 4).amax(1).nonzero().flatten()
    assert 40 - net.reach <= changed.min() and changed.max() <= 40 + net.reach
    assert changed.min() <= 40 - net.reach + 3  # and the reach is not much more than that


def test_the_detail_keeps_full_precision_beside_a_half_precise_net():
    net, low = shaken(SRResNet(8, 1)), torch.rand(1, 3, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        made = net(low)
    assert made.dtype == torch.float32 and (made - net(low)).abs().mean() < 0.01
    nn.init.zeros_(net.last.weight)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(net(low) - net.last.bias.view(3, 1, 1), enlarge(low) - net.last.bias.view(3, 1, 1))


def test_the_discriminator_scores_places_and_does_not_look_at_low():
    D, x = SRDiscriminator(6), torch.randn(2, 3, 32, 48)
    assert D(x).shape == (2, 1, 4, 6)
    assert torch.equal(D(x, torch.zeros(2, 3, 8, 12)), D(x))
    assert SRDiscriminator(6, wrap=spectral_norm)(x).shape == (2, 1, 4, 6)
    wrapped = []
    SRDiscriminator(6, wrap=lambda layer: wrapped.append(layer) or layer)
    assert len(wrapped) == 5


def test_the_generator_of_a_step_ignores_its_noise():
    net, low = shaken(SRResNet(4, 1)), torch.rand(2, 3, 4, 4)
    assert torch.equal(WithoutNoise(net)(torch.randn(2, 1), low), net(low))
