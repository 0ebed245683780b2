"""Tagging: which words hold is exact, votes are counted as by hand, and training pairs are what users gave."""

from collections import Counter

import pytest
import torch
from torch.nn.functional import cosine_similarity

from coursekit.data.captions import words_of
from coursekit.metrics.tagging import precision_at_k
from coursekit.tagging import (
    LATENT,
    TAGS,
    draws,
    generate_tags,
    nearest_tags,
    popular_tags,
    reader_of,
    said,
    tag_documents,
    tag_vectors,
    tagged_scenes,
    train_regression,
    train_tagger,
)


@pytest.fixture(scope="module")
def data():
    return tagged_scenes(300, 0)


def test_every_tag_that_a_caption_says_holds_and_users_give_two_of_them(data):
    for text, user, truth in zip(data.scenes.captions, data.user, data.truth, strict=True):
        spoken = [word for word in words_of(text) if word in TAGS]
        assert len(spoken) == 5 and [TAGS[k] for k in said(text)] == spoken
        given = {TAGS[k] for k in user.nonzero()[:, 0]}
        assert len(given) == 2 and given <= set(spoken)
        assert {TAGS[k] for k in truth.nonzero()[:, 0]} >= set(spoken)


def test_a_synonym_holds_wherever_its_word_holds_and_an_opposite_never(data):
    column = {word: data.truth[:, k] for k, word in enumerate(TAGS)}
    assert torch.equal(column["small"], column["tiny"]) and torch.equal(column["circle"], column["disc"])
    assert torch.equal(column["small"], ~column["large"]) and torch.equal(column["left"], ~column["right"])
    assert (column["red"].long() + column["green"] + column["blue"] + column["yellow"] == 1).all()


def test_documents_hold_the_true_tags_of_several_captions(data):
    documents = tag_documents(data, 3, seed=1)
    assert documents.shape == (300, 15) and documents.min() == 1
    assert data.truth.gather(1, documents - 1).all()


def test_pairs_are_a_picture_and_a_tag_that_its_user_gave(data):
    batches = data.batches(torch.arange(300.0)[:, None], torch.arange(len(TAGS))[:, None], 400, seed=3)
    word, picture = (part[:, 0].long() for part in next(batches))
    assert data.user[picture, word].all() and len(picture.unique()) > 150
    assert 0.35 < (word == data.user[picture].float().argmax(1)).float().mean() < 0.65  # either of the two


def test_votes_are_counted_as_by_hand():
    generator = torch.Generator().manual_seed(0)
    samples, vectors = torch.randn(50, 3, generator=generator), torch.randn(9, 3, generator=generator)
    votes = Counter()
    for sample in samples:
        near = sorted(range(9), key=lambda k: -cosine_similarity(sample, vectors[k], dim=0))[:4]
        votes.update(near)
    expected = sorted(range(9), key=lambda k: (-votes[k], k))[:5]
    assert generate_tags(samples, vectors, 4, 5).tolist() == expected


def test_length_does_not_vote_and_ties_go_to_the_lower_index():
    vectors = torch.tensor([[100.0, 0.0], [0.0, 0.1], [0.0, -1.0]])
    samples = torch.tensor([[0.0, 3.0], [5.0, 0.1]])
    assert generate_tags(samples, vectors, 1, 3).tolist() == [0, 1, 2]
    assert generate_tags(samples[[0, 0, 1]], vectors, 1, 2).tolist() == [1, 0]


@pytest.mark.parametrize(("n_nearest", "n_tags"), [(0, 2), (10, 2), (2, 10), (2, 0)])
def test_more_words_than_there_are_cannot_be_asked_for(n_nearest, n_tags):
    with pytest.raises(ValueError, match="from 1 to the number of words, 9"):
        generate_tags(torch.randn(5, 3), torch.randn(9, 3), n_nearest, n_tags)


def test_popularity_ranks_what_users_gave_and_knows_no_picture(data):
    ranked = popular_tags(data, 4, 6)
    counts = data.user.sum(0)[ranked[0]]
    assert ranked.shape == (4, 6) and (ranked == ranked[0]).all()
    assert (counts.diff() <= 0).all() and counts[0] == data.user.sum(0).max()


def test_the_nearest_tags_to_a_words_own_vector_begin_with_it(data):
    vectors = tag_vectors(data, 16)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(TAGS)))
    near = nearest_tags(7 * vectors, vectors, 3)
    assert near[:, 0].tolist() == list(range(len(TAGS)))
    small, tiny, large = (TAGS.index(word) for word in ("small", "tiny", "large"))
    assert vectors[small] @ vectors[tiny] > 0.5 > vectors[small] @ vectors[large]


def test_the_regression_beats_popularity_and_its_features_are_standardised(data):
    vectors = tag_vectors(data, 16)
    net = train_regression(data, vectors, 150)
    tags = nearest_tags(net(data.pictures), vectors, 3)
    assert precision_at_k(tags, data.truth, 3) > precision_at_k(popular_tags(data, 300, 3), data.truth, 3) + 0.1
    features = reader_of(net, data)(data.pictures)
    assert features.shape == (300, 64) and features.mean(0).abs().max() < 1e-4 and features.std(0).max() < 1.01


def test_the_tagger_is_decided_by_the_seed_and_draws_for_each_picture(data):
    vectors, features = tag_vectors(data, 4), torch.randn(300, 64)
    G, same, other = (train_tagger(data, features, vectors, 3, seed) for seed in (0, 0, 1))
    drawn = draws(G, features[:2], seed=5)
    assert drawn.shape == (2, 100, 4) and torch.equal(drawn, draws(same, features[:2], seed=5))
    assert not torch.equal(drawn, draws(other, features[:2], seed=5))
    z = torch.randn(2, LATENT)
    assert not torch.equal(G(z, features[:2]), G(z, features[2:4]))
    assert not torch.equal(G(z, features[:2]), G(z.flip(0), features[:2]))
