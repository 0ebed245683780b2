"""Figures of text against values worked out by hand, and what each of them cannot see."""

import math

import pytest
import torch

from coursekit.data.text import Grammar, MarkovChain, random_chain
from coursekit.metrics.text import oracle_nll, self_bleu, share_distinct, share_grammatical, test_nll


def test_the_oracle_nll_is_nats_a_word():
    chain = MarkovChain(torch.tensor([0.5, 0.5]).double(), torch.tensor([[0.25, 0.75], [1, 0]]).double(), 3)
    found = oracle_nll(chain, torch.tensor([[0, 1, 0], [1, 0, 0]]))
    assert found == pytest.approx(-(math.log(1 / 2 * 3 / 4) + math.log(1 / 2 * 1 / 4)) / 6)


def test_the_oracles_own_sentences_cost_its_entropy_and_one_sentence_for_ever_costs_less():
    chain = random_chain()
    draws = chain.sample(5000, torch.Generator().manual_seed(0))
    assert oracle_nll(chain, draws) == pytest.approx(chain.entropy(), abs=0.02)
    assert oracle_nll(chain, chain.most_likely().repeat(100, 1)) < 0.6 * chain.entropy()


def test_the_test_nll_of_the_oracle_itself_is_its_oracle_nll_and_of_uniform_words_the_log_of_their_number():
    chain = random_chain()
    draws = chain.sample(500, torch.Generator().manual_seed(0))
    assert test_nll(chain.log_probs, draws) == pytest.approx(oracle_nll(chain, draws))
    assert test_nll(lambda x: torch.full(x.shape, -math.log(12)), draws) == pytest.approx(math.log(12))


def test_the_share_of_grammatical_sentences_counts_members():
    grammar = Grammar()
    texts = ["the cat sleeps", "the cats sleeps", "two dogs see a bird", "near near near"]
    assert share_grammatical(grammar, torch.stack([grammar.encode(text) for text in texts])) == 0.5


def test_distinct_sentences_are_counted_once():
    assert share_distinct(torch.tensor([[1, 2], [1, 2], [2, 1], [1, 2]])) == 0.5


def test_self_bleu_is_one_for_copies_and_zero_where_nothing_is_shared():
    assert self_bleu(torch.tensor([[1, 2, 3, 4]] * 3), 3) == pytest.approx(1)
    assert self_bleu(torch.tensor([[1, 1, 1, 1], [2, 2, 2, 2]]), 2) == 0


def test_self_bleu_by_hand():
    """1 2 3 against 1 2 4 and 9 9 9: words 2/3, pairs 1/2; the same for 1 2 4; 0 for the third."""
    found = self_bleu(torch.tensor([[1, 2, 3], [1, 2, 4], [9, 9, 9]]), 2)
    assert found == pytest.approx(2 * math.sqrt(2 / 3 * 1 / 2) / 3)
