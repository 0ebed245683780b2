"""Word vectors: counts by brute force, PPMI by hand, and vectors that rebuild the table they come from."""

import itertools
import math

import pytest
import torch

from coursekit.data.word_vectors import cooccurrence, ppmi, word_vectors


def test_counts_are_the_ordered_pairs_of_places_in_a_text():
    texts = torch.randint(0, 6, (40, 5), generator=torch.Generator().manual_seed(0))
    expected = torch.zeros(6, 6, dtype=torch.float64)
    for text in texts.tolist():
        for i, j in itertools.permutations(range(5), 2):
            if text[i] and text[j]:
                expected[text[i], text[j]] += 1
    assert torch.equal(cooccurrence(texts, 6), expected)


def test_padding_is_no_word_and_ids_out_of_range_are_refused():
    assert cooccurrence(torch.tensor([[1, 0, 0, 0]]), 3).sum() == 0
    with pytest.raises(ValueError, match="n_words=3 has 0 to 2"):
        cooccurrence(torch.tensor([[1, 3]]), 3)


def test_independent_words_have_no_ppmi_and_constant_companions_have_the_log_of_their_rarity():
    shares = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    assert ppmi(1000 * shares[:, None] * shares).abs().max() < 1e-12
    # two pairs of words that only ever meet each other: P(a, b) = 1/4, P(a) = P(b) = 1/4
    counts = torch.zeros(4, 4)
    counts[0, 1] = counts[1, 0] = counts[2, 3] = counts[3, 2] = 10
    table = ppmi(counts)
    assert table[0, 1].item() == pytest.approx(math.log(4)) and table[0, 0] == table[0, 2] == 0


def test_ppmi_is_never_negative_and_never_nan():
    counts = cooccurrence(torch.randint(0, 9, (50, 4), generator=torch.Generator().manual_seed(1)), 12)
    table = ppmi(counts)
    assert table.min() == 0 and table.isfinite().all() and torch.equal(table, table.T)
    assert ppmi(torch.zeros(3, 3)).sum() == 0


def test_vectors_of_full_size_rebuild_the_table_up_to_the_sign_of_its_directions():
    """With P = U L U^T, the inner products are U |L| U^T, whose square is that of P."""
    table = ppmi(cooccurrence(torch.randint(0, 7, (30, 4), generator=torch.Generator().manual_seed(2)), 7))
    vectors = word_vectors(torch.randint(0, 7, (30, 4), generator=torch.Generator().manual_seed(2)), 7, 7).double()
    rebuilt = vectors @ vectors.T
    torch.testing.assert_close(rebuilt @ rebuilt, table @ table, rtol=1e-4, atol=1e-5)
    assert (rebuilt - table).abs().max() > 0.01  # it does have negative directions


def test_words_of_one_group_are_neighbours_and_each_column_has_one_sign():
    texts = torch.cat([torch.tensor([[1, 2, 3]]), torch.tensor([[4, 5, 6]])]).repeat(10, 2)
    vectors = word_vectors(texts, 7, 2)
    cosine = torch.nn.functional.cosine_similarity(vectors[1:, None], vectors[None, 1:], dim=2)
    same = torch.arange(6)[:, None] // 3 == torch.arange(6) // 3
    assert cosine[same].min() > 0.99 and cosine[~same].abs().max() < 1e-5
    assert (vectors.gather(0, vectors.abs().argmax(0, keepdim=True)) > 0).all()


@pytest.mark.parametrize("size", [0, 8])
def test_a_size_beyond_the_words_is_refused(size):
    with pytest.raises(ValueError, match="from 1 to the number of words, 7"):
        word_vectors(torch.ones(2, 3, dtype=torch.int64), 7, size)
