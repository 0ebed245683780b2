"""The step of GAN-CLS against the updates written out with torch alone."""

import copy

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from coursekit.data.streams import Latent
from coursekit.losses import gan_cls_loss, without_wrong_pairs
from coursekit.nets.text_to_image import TextDiscriminator, TextGenerator
from coursekit.steps.game import Game
from coursekit.steps.gan_cls import gan_cls


def game():
    torch.manual_seed(0)
    G, D = TextGenerator(latent=4, code=5, width=4, text=6), TextDiscriminator(code=5, width=4, text=6)
    return Game(G, D, *(torch.optim.SGD(net.parameters(), 0.1) for net in (G, D)), Latent(4, seed=3))


def batch():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(6, 3, 16, 16, generator=generator), *torch.randn(2, 6, 5, generator=generator)


def bce(scores, target):
    return binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


@pytest.mark.parametrize("between", [0.0, 0.7])
def test_a_step_is_one_update_of_d_on_three_kinds_of_pairs_and_one_of_g(between):
    mine, hand = game(), game()
    real, right, wrong = batch()
    losses = gan_cls(mine, between=between)(iter([(real, right, wrong)]))

    fake = hand.G(hand.latent(6), right)
    d_loss = bce(hand.D(real, right), 1.0)
    d_loss = d_loss + 0.5 * bce(hand.D(real, wrong), 0.0) + 0.5 * bce(hand.D(fake.detach(), right), 0.0)
    d_loss.backward()
    hand.d_optimizer.step()
    g_loss = bce(hand.D(fake, right), 1.0)
    if between:
        middle = (right + wrong) / 2
        g_loss = g_loss + between * bce(hand.D(hand.G(hand.latent(6), middle), middle), 1.0)
    hand.g_optimizer.zero_grad()
    g_loss.backward()
    hand.g_optimizer.step()

    torch.testing.assert_close(losses["d_loss"], d_loss)
    torch.testing.assert_close(losses["g_loss"], g_loss)
    torch.testing.assert_close(mine.D.state_dict(), hand.D.state_dict())
    torch.testing.assert_close(mine.G.state_dict(), hand.G.state_dict())
    assert all(p.grad is None for p in mine.D.parameters())


def test_without_wrong_pairs_the_wrong_code_changes_nothing():
    outcomes = []
    for shift in (0.0, 5.0):
        mine = game()
        real, right, wrong = batch()
        gan_cls(mine, without_wrong_pairs)(iter([(real, right, wrong + shift)]))
        outcomes.append([dict(net.named_parameters()) for net in (mine.G, mine.D)])  # statistics of batches may move
    torch.testing.assert_close(*outcomes)


def test_the_three_way_loss_is_log_2_twice_where_d_knows_nothing():
    zero = torch.zeros(5, 1)
    assert gan_cls_loss(zero, zero, zero).item() == pytest.approx(2 * 0.6931472)
    assert without_wrong_pairs(zero, zero, zero).item() == pytest.approx(2 * 0.6931472)


def test_the_three_way_loss_weighs_both_kinds_of_zeros_by_one_half():
    generator = torch.Generator().manual_seed(2)
    right, wrong, fake = torch.randn(3, 7, 1, generator=generator) * 4
    oracle = bce(right, 1.0) + 0.5 * bce(wrong, 0.0) + 0.5 * bce(fake, 0.0)
    torch.testing.assert_close(gan_cls_loss(right, wrong, fake), oracle)
    assert gan_cls_loss(torch.tensor(900.0), torch.tensor(-900.0), torch.tensor(-900.0)) == 0
    copied = copy.deepcopy((right, wrong, fake))
    gan_cls_loss(right, wrong, fake)
    torch.testing.assert_close((right, wrong, fake), copied)
