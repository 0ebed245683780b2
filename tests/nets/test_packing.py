"""Packing keeps every sample, in order, and gives D the whole pack."""

import pytest
import torch
from torch import nn

from coursekit.nets.packing import Packed, pack


def test_a_pack_holds_consecutive_samples_channel_after_channel():
    x = torch.arange(24).reshape(6, 4)
    assert pack(x, 3).tolist() == [list(range(12)), list(range(12, 24))]
    images = torch.randn(6, 2, 3, 5)
    packed = pack(images, 2)
    assert packed.shape == (3, 4, 3, 5)
    for i in range(6):
        assert torch.equal(packed[i // 2, 2 * (i % 2) : 2 * (i % 2) + 2], images[i])


def test_packs_of_one_are_the_samples():
    x = torch.randn(5, 2)
    assert torch.equal(pack(x, 1), x)


@pytest.mark.parametrize("m", [4, 0, -1])
def test_a_batch_that_does_not_come_out_even_is_refused(m):
    with pytest.raises(ValueError, match="choose a batch size"):
        pack(torch.zeros(6, 2), m)


def test_a_packed_net_scores_packs_and_passes_gradients_to_every_sample():
    torch.manual_seed(0)
    net = nn.Linear(6, 1)
    x = torch.randn(9, 2, requires_grad=True)
    scores = Packed(net, 3)(x)
    assert torch.equal(scores, net(x.reshape(3, 6)))
    scores.sum().backward()
    assert torch.allclose(x.grad, net.weight.reshape(3, 2).repeat(3, 1))


def test_conditions_are_packed_with_their_samples():
    class Joined(nn.Module):
        def forward(self, x, label):
            return torch.cat([x, label], 1).sum(1, keepdim=True)

    x, label = torch.randn(4, 2), torch.randn(4, 3)
    expected = (x.sum(1) + label.sum(1)).reshape(2, 2).sum(1, keepdim=True)
    assert torch.allclose(Packed(Joined(), 2)(x, label), expected)
