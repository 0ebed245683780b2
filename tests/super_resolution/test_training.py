"""SRResNet and SRGAN train, repeat themselves, and leave alone what they must; the loss net and the judge learn."""

from dataclasses import replace

import pytest
import torch

from coursekit.nets.perceptual import WhichPhotograph
from coursekit.nets.srgan import SRResNet, enlarge
from coursekit.super_resolution import SrganRecipe, train_srgan, train_srresnet
from coursekit.super_resolution.feature_nets import coloured, labelled, share_right, train_which_colour
from coursekit.super_resolution.training import weighted

TINY = SrganRecipe(width=8, n_blocks=1, d_width=4, size=32, n_pairs=60, batch_size=4, n_steps=(40, 3))


@pytest.fixture(scope="module")
def pairs():
    return TINY.pairs()


@pytest.fixture(scope="module")
def net(pairs):
    return train_srresnet(TINY, pairs, progress=False)[0]


def weights(net):
    return torch.cat([p.flatten() for p in net.parameters()])


def test_forty_steps_of_srresnet_beat_bicubic_on_their_own_patches(pairs, net):
    high, low = pairs.floats()
    with torch.no_grad():
        made = net(low)
    assert (made - high).square().mean() < 0.98 * (enlarge(low) - high).square().mean()
    assert not net.training


def test_the_same_seed_gives_the_same_net(pairs, net):
    again, history = train_srresnet(TINY, pairs, progress=False)
    assert torch.equal(weights(net), weights(again)) and len(history) == 40
    assert not torch.equal(weights(net), weights(train_srresnet(TINY, pairs, seed=1, progress=False)[0]))


def test_srgan_starts_from_srresnet_and_leaves_it_and_the_feature_net_alone(pairs, net):
    features = WhichPhotograph(2, width=4).requires_grad_(False)
    before = weights(net).clone(), weights(features).clone()
    made, D, history = train_srgan(TINY, pairs, net, features, progress=False)
    assert torch.equal(weights(net), before[0]) and torch.equal(weights(features), before[1])
    assert history.names == ["d_loss", "g_loss"] and len(history) == 3
    change = (weights(made) - weights(net)).abs().max()
    assert 0 < change < 0.01
    assert isinstance(made, SRResNet) and not made.training and D(pairs.floats(slice(2))[0]).shape == (2, 1, 4, 4)


def test_the_adversarial_weight_and_the_variation_are_in_what_g_minimises(pairs, net):
    features = WhichPhotograph(2, width=4).requires_grad_(False)
    one_step = replace(TINY, n_steps=(1, 1), adversarial=0.0, content=0.0, pixels=0.0)
    first = []
    for change in ({}, {"adversarial": 1.0}, {"variation": 1.0}, {"pixels": 1.0}, {"content": 1.0}):
        _, _, history = train_srgan(replace(one_step, **change), pairs, net, features, progress=False)
        first.append(history["g_loss"][0])
    assert first[0] == 0 and 0.3 < first[1] < 2 and min(first) == 0 and min(first[1:]) > 0


def test_only_gs_half_of_a_loss_is_weighted():
    from coursekit.losses import NON_SATURATING

    scores, loss = torch.randn(2, 5), weighted(NON_SATURATING, 0.1)
    assert loss.d(*scores) == NON_SATURATING.d(*scores)
    assert loss.g(scores[0], None) == 0.1 * NON_SATURATING.g(scores[0], None)


def test_a_recipes_hash_changes_with_any_number():
    assert replace(TINY, pixels=2.0).hash() != TINY.hash() == replace(TINY).hash()


def test_the_tasks_of_the_two_nets_are_different_ones(pairs):
    x, label = next(labelled(pairs, 0))
    assert label.shape == (32,) and label.max() < len(TINY.names)
    same, colour = next(coloured(pairs, 0))
    assert colour.shape == (32, 2, 8, 8) and not torch.equal(x, same)


def test_the_nets_of_the_features_come_out_frozen_and_calibrated():
    net = train_which_colour(2, progress=False)
    assert not any(p.requires_grad for p in net.parameters()) and not net.training
    assert (net.stack.scale != 1).all()


def test_an_untrained_net_names_photographs_by_chance():
    torch.manual_seed(0)
    assert share_right(WhichPhotograph(8), n=80) < 0.4
