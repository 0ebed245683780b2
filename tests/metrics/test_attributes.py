"""The judge without training: exact on real scenes, at chance on noise, and blind to nothing that it should see."""

import pytest
import torch

from coursekit.data.captions import NOISE, scenes
from coursekit.data.shapes import ATTRIBUTES, all_combos, render
from coursekit.metrics.attributes import CHANCE, attribute_match, drawings, read_attributes


@pytest.mark.parametrize("size", [16, 32])
def test_every_attribute_of_a_real_scene_is_read_right(size):
    s = scenes(500, seed=8, combos=all_combos(), size=size)
    assert torch.equal(read_attributes(s.floats())[0], s.attributes)
    assert set(attribute_match(s.floats(), s.attributes).values()) == {1.0}


def test_the_distance_of_a_real_scene_is_its_noise_and_that_of_a_drawing_is_zero():
    s = scenes(400, seed=1)
    assert read_attributes(s.floats())[1].mean().item() == pytest.approx(NOISE / 127.5, rel=0.03)
    x, attributes = drawings(16)
    assert len(x) == 96 * 3 and torch.equal(read_attributes(x)[0], attributes)
    assert read_attributes(x)[1].max() < 1e-3


def test_no_two_drawings_are_alike():
    x = drawings(16)[0].flatten(1)
    apart = torch.cdist(x, x) + 1e6 * torch.eye(len(x))
    assert apart.min() > 10 * NOISE / 127.5  # ten times a pixel's noise


def test_one_wrong_attribute_is_counted_for_that_attribute_alone():
    combos = all_combos()
    x = render(combos, torch.zeros(96, 2)) / 127.5 - 1
    for k, kind in enumerate(ATTRIBUTES):
        wanted = combos.clone()
        wanted[:24, k] = (wanted[:24, k] + 1) % len(ATTRIBUTES[kind])
        match = attribute_match(x, wanted)
        assert match[kind] == match["all five"] == 0.75 and match["mean"] == pytest.approx(0.95)
        assert all(match[other] == 1 for other in ATTRIBUTES if other != kind)


def test_captions_of_other_scenes_are_matched_at_chance():
    s, other = scenes(4000, seed=0, combos=all_combos()), scenes(4000, seed=1, combos=all_combos())
    match = attribute_match(s.floats(), other.attributes)
    assert all(match[kind] == pytest.approx(chance, abs=0.03) for kind, chance in CHANCE.items())


def test_pictures_of_another_form_are_refused():
    with pytest.raises(ValueError, match="the judge reads"):
        read_attributes(torch.zeros(2, 1, 16, 16))
