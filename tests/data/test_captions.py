"""Captioned scenes: pictures, attributes and sentences agree; what is held out is never shown; ids and mismatches."""

import itertools
import random
import re

import pytest
import torch

from coursekit.data.captions import (
    ATTRIBUTES,
    CORRECTED,
    LENGTH,
    SYNONYMS,
    TEMPLATES,
    VOCABULARY,
    caption,
    encode_caption,
    mismatch,
    scenes,
)
from coursekit.data.shapes import COLOURS, all_combos, held_out_combos, render, seen_combos

SIZES = [len(values) for values in ATTRIBUTES.values()]


def rows(combos):
    return {tuple(row) for row in combos.tolist()}


def test_seen_and_held_out_combinations_share_none_and_make_all_96():
    seen, held = rows(seen_combos()), rows(held_out_combos())
    assert (len(seen), len(held)) == (80, 16) and not seen & held
    assert seen | held == set(itertools.product(*(range(n) for n in SIZES)))


def test_every_pair_of_values_is_held_out_about_equally_often():
    held = held_out_combos()
    for i, j in itertools.combinations(range(5), 2):
        counts = torch.bincount(held[:, i] * SIZES[j] + held[:, j], minlength=SIZES[i] * SIZES[j])
        assert counts.max() - counts.min() <= 1, f"attributes {i} and {j}: {counts.tolist()}"


def test_for_every_cell_of_the_other_attributes_at_least_two_shapes_are_seen():
    cells = {(c, z, r, k) for c, _, z, r, k in rows(seen_combos())}
    assert len(cells) == 32
    assert all(sum((c, s, z, r, k) in rows(seen_combos()) for s in range(3)) >= 2 for c, z, r, k in cells)


def test_scenes_show_only_the_combinations_they_were_given():
    assert rows(scenes(400).attributes) <= rows(seen_combos())
    only = held_out_combos()[:3]
    assert rows(scenes(60, combos=only).attributes) == rows(only)


@pytest.mark.parametrize("size", [16, 32])
def test_a_picture_has_its_object_where_and_as_the_attributes_say(size):
    s = scenes(300, seed=3, size=size)
    pixels, unit = s.images.float(), size // 16
    assert s.images.dtype == torch.uint8 and s.images.shape == (300, 3, size, size)
    for x, (colour, shape, large, row, column) in zip(pixels, s.attributes.tolist(), strict=True):
        tint = COLOURS[colour].float() - 40
        away = torch.einsum("chw,c->hw", x - 40, tint) > 0.6 * tint.square().sum()  # more than half of it covered
        down, across = away.nonzero().float().mean(0).tolist()
        assert (down > size / 2) == row and (across > size / 2) == column
        side = away.any(0).sum().item() / unit
        assert abs(side - (7 if large else 5)) <= 1
        assert (x[:, away].mean(1) - COLOURS.float()).abs().sum(1).argmin() == colour
        corner = away.nonzero().min(0).values
        is_full = bool(away[corner[0], corner[1]])  # only a square reaches into the corner of its box
        assert is_full == (ATTRIBUTES["shape"][shape] == "square")


def test_a_rendering_covers_the_area_that_geometry_says():
    fields = {"circle": torch.pi * 3.5**2, "square": 7.0**2, "cross": 2 * 7 * 2.8 - 2.8**2}
    for k, area in enumerate(fields.values()):
        picture = render(torch.tensor([[3, k, 1, 0, 0]]), torch.zeros(1, 2), 16)
        covered = ((picture[0, 0] - 40) / (COLOURS[3, 0] - 40)).sum().item()
        assert covered == pytest.approx(area, rel=0.07)


def test_the_same_seed_gives_the_same_scenes_and_another_one_others():
    first, again, other = scenes(20, seed=4), scenes(20, seed=4), scenes(20, seed=5)
    assert torch.equal(first.images, again.images) and first.captions == again.captions
    assert not torch.equal(first.images, other.images) and first.captions != other.captions


def test_drawing_scenes_leaves_the_global_generators_where_they_were():
    before, python = torch.get_rng_state(), random.getstate()
    next(scenes(10).batches(4))
    assert torch.equal(before, torch.get_rng_state()) and python == random.getstate()


@pytest.mark.parametrize("templates", [TEMPLATES, CORRECTED])
def test_every_caption_names_each_attribute_once_in_words_of_the_vocabulary_and_fits(templates):
    s = scenes(2000, templates=templates)
    for text, attributes in zip(s.captions, s.attributes.tolist(), strict=True):
        words = re.findall(r"[a-z]+", re.sub(r"not (red|green|blue|yellow)", "", text))
        for values, k in zip(ATTRIBUTES.values(), attributes, strict=True):
            said = [word for word in words if any(word in SYNONYMS.get(v, (v,)) for v in values)]
            assert len(said) == 1 and said[0] in SYNONYMS.get(values[k], (values[k],)), text
    assert s.tokens.shape == (2000, LENGTH) and s.tokens.max() <= len(VOCABULARY)


def test_a_corrected_caption_denies_another_colour_than_its_own():
    s = scenes(300, templates=CORRECTED)
    for text, attributes in zip(s.captions, s.attributes.tolist(), strict=True):
        [denied] = re.findall(r"not (\w+)", text)
        assert denied in ATTRIBUTES["colour"] and denied != ATTRIBUTES["colour"][attributes[0]]


def test_tokens_are_the_captions_encoded():
    s = scenes(50)
    assert torch.equal(s.tokens, torch.stack([encode_caption(text) for text in s.captions]))
    ids = set(VOCABULARY.values())
    assert ids == set(range(1, len(VOCABULARY) + 1))


def test_two_objects_lie_in_different_quadrants_and_are_both_told():
    s = scenes(300, n_objects=2)
    assert s.attributes.shape == (300, 2, 5) and s.tokens.shape == (300, 25)
    assert (s.attributes[:, 0, 3:] != s.attributes[:, 1, 3:]).any(1).all()
    for text, both in zip(s.captions, s.attributes, strict=True):
        parts = re.findall("red|green|blue|yellow", text)
        assert parts == [ATTRIBUTES["colour"][k] for k in both[:, 0].tolist()]
    one = render(s.attributes[:, 0], torch.zeros(300, 2))
    assert torch.equal(render(s.attributes[:, :1], torch.zeros(300, 1, 2)), one)


def test_a_wrong_number_of_objects_and_a_single_quadrant_are_refused():
    with pytest.raises(ValueError, match="n_objects is 3"):
        scenes(4, n_objects=3)
    with pytest.raises(ValueError, match="one quadrant"):
        scenes(4, n_objects=2, combos=all_combos()[:1])


def test_batches_pair_each_picture_with_its_caption_and_with_another_ones():
    s = scenes(64)
    pairs = {(x.numpy().tobytes(), tuple(t)) for x, t in zip(s.floats(), s.tokens.tolist(), strict=True)}
    for _ in range(3):
        x, right, wrong = next(s.batches(32, seed=1))
        assert x.dtype == torch.float32 and x.min() >= -1 and x.max() <= 1
        assert all((one.numpy().tobytes(), tuple(t)) in pairs for one, t in zip(x, right.tolist(), strict=True))
        assert (right != wrong).any(1).all() and {tuple(t) for t in wrong.tolist()} <= {t for _, t in pairs}


def test_a_caption_is_encoded_in_lower_case_with_zeros_behind():
    small = {"a": 1, "red": 2, "circle": 3}
    assert encode_caption("A Red, circle.", small, 5).tolist() == [1, 2, 3, 0, 0]
    assert encode_caption("red,circle", small, 2).tolist() == [2, 3]
    assert encode_caption("", small, 2).tolist() == [0, 0]
    assert encode_caption("red", small, 1).dtype == torch.int64


def test_every_unknown_word_is_named_and_no_known_one():
    with pytest.raises(ValueError) as error:
        encode_caption("a purple circle near a purple dragon", VOCABULARY, 12)
    assert "unknown words: purple, near, dragon." in str(error.value)


def test_a_caption_that_is_too_long_says_both_lengths():
    with pytest.raises(ValueError, match="has 3 words, there is room for 2"):
        encode_caption("a red circle", VOCABULARY, 2)


def test_a_mismatch_differs_everywhere_and_reaches_every_different_row():
    captions = torch.tensor([[1, 2], [1, 2], [1, 3], [4, 2]])
    generator = torch.Generator().manual_seed(0)
    found = [set(), set(), set(), set()]
    for _ in range(60):
        for i, j in enumerate(mismatch(captions, generator).tolist()):
            found[i].add(j)
    assert found == [{2, 3}, {2, 3}, {0, 1, 3}, {0, 1, 2}]


@pytest.mark.parametrize("captions", [torch.ones(3, 2, dtype=torch.int64), torch.tensor([[1, 2]])])
def test_captions_without_a_different_one_are_refused(captions):
    with pytest.raises(ValueError, match="at least two different"):
        mismatch(captions)


def test_a_template_says_optional_words_about_half_of_the_time():
    chance = random.Random(0)
    texts = [caption((0, 1, 0, 0, 0), chance, ["[a] {colour} {shape}"]) for _ in range(400)]
    assert set(texts) == {"a red square", "red square"} and 140 < texts.count("red square") < 260
