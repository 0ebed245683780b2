"""The two languages: probabilities that sum to one over all sentences, and samples that follow them."""

import itertools
import math

import pytest
import torch
from scipy import stats

from coursekit.data.text import ENGLISH, Grammar, MarkovChain, one_hot_batches, random_chain


@pytest.fixture(scope="module")
def small():
    return random_chain(n_words=3, length=4, sharpness=1.5, seed=3)


@pytest.fixture(scope="module")
def english():
    return Grammar()


def every_sentence(chain: MarkovChain) -> torch.Tensor:
    return torch.tensor(list(itertools.product(range(chain.n_words), repeat=chain.length)))


def test_the_probabilities_of_all_sentences_sum_to_one(small):
    assert small.log_probs(every_sentence(small)).sum(1).exp().sum().item() == pytest.approx(1, abs=1e-12)


def test_a_words_log_probability_is_that_of_the_step_into_it():
    start = torch.tensor([0.25, 0.75], dtype=torch.float64)
    transition = torch.tensor([[0.5, 0.5], [0.125, 0.875]], dtype=torch.float64)  # row: from, column: to
    found = MarkovChain(start, transition, 3).log_probs(torch.tensor([[1, 0, 1]]))
    assert found.exp()[0].tolist() == pytest.approx([0.75, 0.125, 0.5])


def test_the_entropy_by_the_chain_rule_is_the_sum_over_all_sentences(small):
    p = small.log_probs(every_sentence(small)).sum(1)
    assert small.entropy() == pytest.approx(-(p.exp() * p).sum().item() / small.length, abs=1e-12)


def test_the_most_likely_sentence_is_the_best_of_all(small):
    for seed in range(5):
        chain = random_chain(4, 5, 1.0, seed)
        everything = every_sentence(chain)
        best = everything[chain.log_probs(everything).sum(1).argmax()]
        assert chain.most_likely().tolist() == best.tolist()


def test_samples_come_as_often_as_the_chain_says(small):
    draws = small.sample(20_000, torch.Generator().manual_seed(0))
    digits = (draws * 3 ** torch.arange(3, -1, -1)).sum(1)
    expected = 20_000 * small.log_probs(every_sentence(small)).sum(1).exp()
    often = expected > 5
    counts = torch.bincount(digits, minlength=81)
    observed = [*counts[often].tolist(), counts[~often].sum().item()]
    wanted = [*expected[often].tolist(), expected[~often].sum().item()]
    assert stats.chisquare(observed, wanted).pvalue > 1e-3


def test_sharpness_zero_is_uniform_and_the_seed_decides():
    assert random_chain(5, 6, 0.0).entropy() == pytest.approx(math.log(5))
    assert torch.equal(random_chain(seed=4).transition, random_chain(seed=4).transition)
    assert not torch.equal(random_chain(seed=4).transition, random_chain(seed=5).transition)


def test_a_grammar_has_the_sentences_and_probabilities_of_its_rules():
    rules = {"S": [(1, "A"), (3, "A x A")], "A": [(1, "a"), (1, "b b")]}
    grammar = Grammar(rules)
    found = {grammar.text(row): p for row, p in zip(grammar.sentences, grammar.probabilities.tolist(), strict=True)}
    assert found == {
        "a": 1 / 8, "b b": 1 / 8,
        "a x a": 3 / 16, "a x b b": 3 / 16, "b b x a": 3 / 16, "b b x b b": 3 / 16,
    }  # fmt: skip


def test_two_derivations_of_one_sentence_add_up():
    grammar = Grammar({"S": [(1, "A B"), (1, "a b"), (2, "c")], "A": [(1, "a")], "B": [(1, "b")]})
    assert grammar.log_probability(grammar.encode("a b")[None]).exp().item() == pytest.approx(0.5)


def test_a_rule_that_leads_back_to_itself_is_named():
    with pytest.raises(ValueError, match="A leads back to itself"):
        Grammar({"S": [(1, "A")], "A": [(1, "a"), (1, "a A")]})


@pytest.mark.parametrize(
    ("text", "grammatical"),
    [
        ("the cat sleeps", True),
        ("the cat sleep", False),
        ("the cats near a dog sleep", True),
        ("the cats near a dog sleeps", False),  # the verb follows the first noun, not the nearest
        ("two birds see the dog", True),
        ("a cats see the dog", False),
        ("cat", False),
        ("", False),
    ],
)
def test_membership_is_the_grammar_of_english_with_agreement_at_a_distance(english, text, grammatical):
    assert english.log_probability(english.encode(text)[None]).isfinite().item() is grammatical


def test_words_behind_a_stop_make_no_sentence(english):
    row = english.encode("the cat sleeps")
    row[-1] = english.words.index("cat")
    assert english.log_probability(row[None]).item() == -math.inf
    assert english.text(row) == "the cat sleeps . . . . . cat"


def test_each_english_sentence_has_the_product_of_its_choices(english):
    """S 1/2, MANY near 1/3, the 1/2, dogs 2/6, SOME 1/2, a 1/2, cat 3/6, DO sing 1/6."""
    expected = 1 / 2 * 1 / 3 * (1 / 2 * 2 / 6) * (1 / 2 * 1 / 2 * 3 / 6) * 1 / 6
    found = english.log_probability(english.encode("the dogs near a cat sing")[None]).exp().item()
    assert found == pytest.approx(expected)
    assert english.probabilities.sum().item() == pytest.approx(1)


def test_samples_of_the_grammar_are_its_sentences_at_their_probabilities(english):
    draws = english.sample(20_000, torch.Generator().manual_seed(0))
    logs = english.log_probability(draws)
    assert logs.isfinite().all()
    error = logs.std().item() / 20_000**0.5
    assert -logs.mean().item() / english.length == pytest.approx(english.entropy(), abs=4 * error / english.length)


def test_unknown_words_and_long_texts_are_refused(english):
    with pytest.raises(ValueError, match="horse"):
        english.encode("the horse sleeps")
    with pytest.raises(ValueError, match="at most 9"):
        english.encode("the " * 10)
    assert set(ENGLISH) & set(english.words) == set()


def test_batches_are_one_hot_rows_of_the_sentences_and_can_be_resumed():
    sentences = torch.tensor([[0, 1, 2], [2, 2, 0]])
    batches = one_hot_batches(sentences, 4, 50, seed=1)
    (x,) = next(batches)
    assert x.shape == (50, 3, 4) and x.dtype == torch.float32
    assert {tuple(row) for row in x.argmax(2).tolist()} == {(0, 1, 2), (2, 2, 0)}
    assert torch.equal(x.sum(2), torch.ones(50, 3)) and set(x.unique().tolist()) == {0.0, 1.0}
    state = batches.state_dict()
    (after,) = next(batches)
    batches.load_state_dict(state)
    assert torch.equal(next(batches)[0], after)
