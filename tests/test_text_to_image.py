"""Matching captions with pictures, training a painter, and the painter that comes with the course."""

from dataclasses import replace

import pytest
import torch

from coursekit.data.captions import VOCABULARY, encode_caption, plainly, scenes
from coursekit.data.shapes import ATTRIBUTES, all_combos, held_out_combos, is_held_out, render, seen_combos
from coursekit.losses import matching_loss
from coursekit.metrics.attributes import attribute_match, read_attributes
from coursekit.plots.captions import asked
from coursekit.text_to_image import (
    ARMS,
    NAME,
    SHIPPED,
    Painter,
    TextRecipe,
    coded_batches,
    load_painter,
    match_encoders,
    train_painter,
    write_shipped,
)

TINY = TextRecipe(width=4, d_width=4, batch_size=8, match_steps=3)


@pytest.fixture(scope="module")
def train():
    return scenes(120, seed=1)


def test_matching_is_the_cross_entropy_both_ways_without_pairs_of_the_same_class():
    scores = torch.tensor([[2.0, 1.0, 0.5], [0.0, 3.0, 9.0], [1.0, 9.0, 4.0]])
    kind = torch.tensor([7, 8, 8])  # 1 and 2 may stand for each other
    rows = [[2.0, 1.0, 0.5], [0.0, 3.0], [1.0, 4.0]]
    columns = [[2.0, 0.0, 1.0], [1.0, 3.0], [0.5, 4.0]]
    own = [0, 1, 1]
    nats = [
        -torch.tensor(one).log_softmax(0)[k] for lines in (rows, columns) for one, k in zip(lines, own, strict=True)
    ]
    torch.testing.assert_close(matching_loss(scores, kind), sum(nats) / 3)


def test_encoders_are_frozen_and_decided_by_the_seed(train):
    first, again, other = (match_encoders(train, TINY, seed)[0] for seed in (0, 0, 1))
    assert not any(p.requires_grad for p in first.parameters()) and not first.training
    torch.testing.assert_close(first(train.tokens), again(train.tokens))
    assert not torch.allclose(first(train.tokens), other(train.tokens))


def test_encoders_learn_to_match(train):
    recipe = TextRecipe(match_steps=60, batch_size=32)
    text, picture = match_encoders(train, recipe)
    with torch.no_grad():
        found = (picture(train.floats()) @ text(train.tokens).T).argmax(1)
    assert (train.attributes[found] == train.attributes).float().mean() > 0.8  # by guessing .42


def test_near_misses_differ_in_one_attribute_where_a_scene_does_and_the_rest_in_words():
    train, generator = scenes(600, seed=1), torch.Generator().manual_seed(0)
    index, wrong = train.draw(64, generator, near=0.5)
    assert (train.tokens[index] != train.tokens[wrong]).any(1).all()
    apart = train.attributes[index] != train.attributes[wrong]
    assert apart[32:].sum(1).float().mean() > 2
    index = index.repeat(20)
    apart = train.attributes[train.near_misses(index, generator)] != train.attributes[index]
    one = apart.sum(1) == 1
    assert apart.any(1).all() and one.float().mean() > 0.85
    assert apart[one].float().mean(0).sub(0.2).abs().max() < 0.06  # each attribute in a fifth of them
    for scene in index[~one].unique():  # one of its near misses is held out
        differs = train.attributes != train.attributes[scene]
        assert not differs[differs.sum(1) == 1].any(0).all()


def test_batches_hold_the_codes_of_the_right_and_of_the_wrong_caption(train):
    encoder = match_encoders(train, TINY)[0]
    x, right, wrong = next(coded_batches(train, encoder, TINY, seed=5))
    index, other = train.draw(8, torch.Generator().manual_seed(5), TINY.near)
    torch.testing.assert_close(x, train.floats(index))
    torch.testing.assert_close(right, encoder(train.tokens[index]))
    torch.testing.assert_close(wrong, encoder(train.tokens[other]))


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_trains_and_the_same_seed_gives_the_same_painter(train, arm):
    recipe = replace(ARMS[arm], width=4, d_width=4, batch_size=8, match_steps=3)
    first, again = (train_painter(train, recipe, 2, seed=3, progress=False)[0] for _ in range(2))
    pictures = first.paint("a small red circle top left", 3, seed=1)
    assert pictures.shape == (3, 3, 16, 16) and pictures.abs().max() <= 1
    torch.testing.assert_close(pictures, again.paint("a small red circle top left", 3, seed=1))
    assert set(first.match(seen_combos(), 20)) >= {"shape", "mean", "all five"}


def test_two_objects_at_32_pixels_train_and_are_painted():
    recipe = replace(TINY, n_objects=2, size=32, near=0.0)
    painter, _ = train_painter(scenes(60, size=32, n_objects=2), recipe, 2, progress=False)
    assert painter.paint("a red circle top left and a large blue cross bottom right", 2).shape == (2, 3, 32, 32)


def test_every_number_of_the_recipe_changes_its_hash():
    hashes = {
        replace(TextRecipe(), **change).hash() for change in ({}, {"near": 0.1}, {"d_lr": 1.0}, {"betas": (0, 1)})
    }
    assert len(hashes) == 4


class Reader(torch.nn.Module):
    """Ids (N, L) -> codes (N, 5): the attributes that the captions ask for."""

    def forward(self, tokens):
        words = dict(zip(VOCABULARY.values(), VOCABULARY, strict=True))
        wishes = [asked(" ".join(words[k] for k in row if k)) for row in tokens.tolist()]
        return torch.tensor([[values.index(wish[kind]) for kind, values in ATTRIBUTES.items()] for wish in wishes])


class Draughtsman(torch.nn.Module):
    """(z, attributes) -> pictures of them without noise; where `upside_down` is 1, in the other row."""

    def __init__(self, upside_down):
        super().__init__()
        self.row = torch.nn.Parameter(torch.tensor(upside_down))

    def forward(self, z, code):
        attributes = code.clone()
        attributes[:, 3] = (attributes[:, 3] + self.row.long()) % 2
        return render(attributes, torch.zeros(len(code), 2)) / 127.5 - 1


@pytest.mark.parametrize("upside_down", [0.0, 1.0])
def test_a_painter_is_judged_by_what_its_captions_ask_for(upside_down):
    found = Painter(TINY, Reader(), Draughtsman(upside_down)).match(all_combos(), 200)
    assert found.pop("row") == 1 - upside_down and found.pop("all five") == 1 - upside_down
    assert found.pop("mean") == pytest.approx(1 - 0.2 * upside_down) and set(found.values()) == {1.0}


def test_what_is_shipped_is_the_painter_in_half_precision_and_its_card_tells_of_it(train, tmp_path):
    painter, _ = train_painter(train, TINY, 2, progress=False)
    card = write_shipped(painter, 3.4, tmp_path)
    read = load_painter("cpu", tmp_path)
    assert all(read.card[key] == value for key, value in card.items() if key != "settings")  # lists there, tuples here
    assert read.recipe == TINY and card["seconds"] == 3
    torch.testing.assert_close(read.paint("a red circle"), painter.paint("a red circle"), atol=0.01, rtol=0)
    assert card["held out"] == pytest.approx(read.match(held_out_combos()), abs=6e-4)
    assert card["recipe_hash"] == TINY.hash() and all(p.dtype == torch.float32 for p in read.G.parameters())
    weights = sum(p.numel() for net in (read.G, read.encoder) for p in net.parameters())
    assert (tmp_path / f"{NAME}.safetensors").stat().st_size < 2.2 * weights + 6000


def test_unknown_words_are_named_by_the_painter(train):
    painter, _ = train_painter(train, TINY, 1, progress=False)
    with pytest.raises(ValueError, match="unknown words: purple"):
        painter.paint("a purple circle")


def test_the_shipped_painter_paints_what_its_card_says():
    painter = load_painter("cpu")
    assert painter.recipe == SHIPPED and painter.card["recipe_hash"] == SHIPPED.hash()
    for name, combos in (("seen", seen_combos()), ("held out", held_out_combos())):
        found = painter.match(combos)
        assert found == pytest.approx(painter.card[name], abs=0.01)
        assert found["mean"] > 0.8 and all(found[kind] > 0.95 for kind in ("colour", "row", "column"))


def test_a_held_out_caption_is_painted_where_and_in_the_colour_it_says():
    painter, combo = load_painter("cpu"), held_out_combos()[:1]
    assert is_held_out(combo).all()
    match = attribute_match(painter.paint(plainly(combo[0].tolist()), 16), combo.expand(16, -1))
    assert min(match["colour"], match["row"], match["column"]) > 0.8


def test_the_noise_moves_the_object_and_the_caption_does_not():
    painter = load_painter("cpu")
    pictures = painter.paint("large blue square top left", 32)
    assert pictures.std(0).max() > 0.05
    assert read_attributes(pictures)[1].mean() < 0.3
    assert torch.equal(
        painter.tokens(["Large blue square, top left."])[0], encode_caption("large blue square top left")
    )
