"""Conditional GANs: the recipe decides, the labels reach both nets, and wrong requests are refused."""

import dataclasses

import pytest
import torch

from coursekit.conditional import WAYS, ConditionalRecipe, train_conditional
from coursekit.data.images import load_images

SMALL = {"width": 4, "d_width": 4, "latent": 8, "batch_size": 16}


@pytest.fixture(scope="module")
def garments():
    train = load_images("fashion-mnist-embedded", device="cpu")
    return dataclasses.replace(train, images=train.images[:200], labels=train.labels[:200])


def weights(net):
    return torch.cat([p.flatten() for p in net.parameters()])


@pytest.mark.parametrize("way", WAYS)
def test_the_seed_decides_a_run_and_every_way_trains(way, garments):
    recipe = ConditionalRecipe(way=way, **SMALL)
    (G, history), (same, _), (other, _) = (
        train_conditional(garments, recipe, 4, seed, progress=False) for seed in (0, 0, 1)
    )
    assert torch.equal(weights(G), weights(same)) and not torch.equal(weights(G), weights(other))
    assert len(history) == 4 and all(torch.isfinite(torch.tensor(history[name])).all() for name in history.names)


@pytest.mark.parametrize("way", WAYS)
def test_other_labels_make_another_generator(way, garments):
    """The label reaches the training: the same images with other labels end elsewhere."""
    moved = dataclasses.replace(garments, labels=(garments.labels + 1) % 10)
    recipe = ConditionalRecipe(way=way, **SMALL)
    G, other = (train_conditional(data, recipe, 3, progress=False)[0] for data in (garments, moved))
    assert not torch.equal(weights(G), weights(other))


def test_samples_have_the_labels_in_turn_or_those_that_are_asked_for(garments):
    G, _ = train_conditional(garments, ConditionalRecipe(**SMALL), 2, progress=False)
    asked = torch.arange(20) % 10
    assert torch.equal(G.sample(20, 3), G.sample(20, 3, asked))
    assert not torch.equal(G.sample(20, 3), G.sample(20, 3, asked.flip(0)))
    assert torch.equal(G.sample(700, 3)[:500], G.sample(500, 3))  # whatever is drawn at once
    with pytest.raises(ValueError, match=r"they must be \(5,\): one for each image"):
        G.sample(5, label=asked)


def test_wrong_requests_are_refused(garments):
    with pytest.raises(ValueError, match="no way 'magic' to tell D a label: choose one of concatenation, proj"):
        ConditionalRecipe(way="magic")
    with pytest.raises(ValueError, match="load them with size=32"):
        train_conditional(garments, ConditionalRecipe(size=32), 1)
    assert len({ConditionalRecipe(way=way).hash() for way in WAYS}) == 3
