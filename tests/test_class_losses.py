"""The losses of lesson 12 against PyTorch's own cross-entropies."""

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from coursekit.losses import (
    HINGE,
    NON_SATURATING,
    RELATIVISTIC,
    acgan_losses,
    auxiliary,
    conditional_discriminator_loss,
)

LABEL = torch.tensor([0, 2, 1, 2, 0])


def scores_and_logits():
    torch.manual_seed(0)
    return torch.randn(5, 1), 3 * torch.randn(5, 3), torch.randn(5, 1), 3 * torch.randn(5, 3)


def bce(scores, target):
    return binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def test_the_conditional_loss_shows_d_both_images_with_the_same_label():
    table = {"real": torch.randn(5, 3), "fake": torch.randn(5, 3)}
    value = conditional_discriminator_loss(lambda x, y: table[x].gather(1, y[:, None]), "real", "fake", LABEL)
    real, fake = (table[x][torch.arange(5), LABEL] for x in ("real", "fake"))
    assert value.item() == pytest.approx((bce(real, 1.0) + bce(fake, 0.0)).item(), rel=1e-6)


def test_acgans_losses_are_source_and_class_and_both_players_want_the_class_right():
    real, real_logits, fake, fake_logits = scores_and_logits()
    d_loss, g_loss = acgan_losses(real, real_logits, fake, fake_logits, LABEL)
    read = cross_entropy(real_logits, LABEL), cross_entropy(fake_logits, LABEL)
    assert d_loss.item() == pytest.approx((bce(real, 1.0) + bce(fake, 0.0) + sum(read)).item(), rel=1e-6)
    assert g_loss.item() == pytest.approx((bce(fake, 1.0) + read[1]).item(), rel=1e-6)


def columns():
    real, real_logits, fake, fake_logits = scores_and_logits()
    read = [logits.log_softmax(1)[torch.arange(5), LABEL][:, None] for logits in (real_logits, fake_logits)]
    return torch.cat([real, read[0]], 1), torch.cat([fake, read[1]], 1)


def test_the_auxiliary_loss_on_two_columns_is_acgans():
    real, fake = columns()
    loss = auxiliary(NON_SATURATING)
    d_loss, g_loss = acgan_losses(*scores_and_logits(), LABEL)
    torch.testing.assert_close(loss.d(real, fake), d_loss)
    torch.testing.assert_close(loss.g(fake, lambda: real), g_loss)


@pytest.mark.parametrize("base", [HINGE, RELATIVISTIC])
def test_the_auxiliary_loss_weighs_the_class_on_top_of_any_loss(base):
    real, fake = columns()
    loss = auxiliary(base, weight=0.5)
    expected = base.d(real[:, :1], fake[:, :1]) - 0.5 * (real[:, 1].mean() + fake[:, 1].mean())
    torch.testing.assert_close(loss.d(real, fake), expected)
    expected = base.g(fake[:, :1], lambda: real[:, :1]) - 0.5 * fake[:, 1].mean()
    torch.testing.assert_close(loss.g(fake, lambda: real), expected)
