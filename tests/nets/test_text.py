"""The relaxed choice of a word against its law, and the generator's three ways to write against one another."""

import pytest
import torch
from scipy import stats
from torch.nn.functional import one_hot

from coursekit.data.streams import Latent
from coursekit.nets.text import GRUGenerator, SequenceDiscriminator, gumbel, gumbel_softmax, straight_through


@pytest.fixture
def G():
    torch.manual_seed(0)
    G = GRUGenerator(n_words=3, length=4, width=6)
    with torch.no_grad():
        G.head.weight.mul_(4)  # sentences of clearly unequal probability
    return G


def every_sentence():
    return torch.cartesian_prod(*[torch.arange(3)] * 4)


def test_the_noise_has_the_gumbel_law():
    noise = gumbel(20_000, generator=torch.Generator().manual_seed(0), device=torch.device("cpu"))
    assert noise.dtype == torch.float32 and noise.isfinite().all()
    assert stats.kstest(noise.double().numpy(), stats.gumbel_r.cdf).pvalue > 1e-3


def test_the_largest_entry_is_a_word_with_the_probability_of_the_softmax():
    logits = torch.tensor([1.0, -0.5, 0.3, 2.0])
    noise = gumbel(20_000, 4, generator=torch.Generator().manual_seed(1), device=torch.device("cpu"))
    counts = torch.bincount(gumbel_softmax(logits, 0.7, noise).argmax(1), minlength=4)
    expected = 20_000 * logits.softmax(0).double()
    assert stats.chisquare(counts.numpy(), (expected / expected.sum() * 20_000).numpy()).pvalue > 1e-3


def test_gumbel_softmax_is_torchs_on_the_same_noise():
    logits = torch.randn(5, 2, 7, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(3)
    expected = torch.nn.functional.gumbel_softmax(logits, tau=0.4)
    torch.manual_seed(3)
    noise = -torch.empty_like(logits).exponential_().log()  # as torch draws it
    torch.testing.assert_close(gumbel_softmax(logits, 0.4, noise), expected)


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ValueError, match="greater than 0"):
        gumbel_softmax(torch.zeros(3), 0.0, torch.zeros(3))


def test_straight_through_is_exactly_one_hot_forward_and_the_identity_backward():
    probs = torch.randn(500, 12, generator=torch.Generator().manual_seed(0)).softmax(1).requires_grad_(True)
    hard = straight_through(probs)
    assert torch.equal(hard.detach(), one_hot(probs.argmax(1), 12).float())
    slope = torch.randn(500, 12, generator=torch.Generator().manual_seed(1))
    hard.backward(slope)
    assert torch.equal(probs.grad, slope)


def test_the_generators_probabilities_sum_to_one_over_all_sentences(G):
    with torch.no_grad():
        assert G.log_probs(every_sentence()).double().sum(1).exp().sum().item() == pytest.approx(1, abs=1e-5)
        cold = G.log_probs(every_sentence(), temperature=0.5).double()
    assert cold.sum(1).exp().sum().item() == pytest.approx(1, abs=1e-5)


def pvalue(G, sentences, temperature=1.0):
    """Chi-squared of sentences against the probabilities of G."""
    with torch.no_grad():
        expected = G.log_probs(every_sentence(), temperature).double().sum(1).exp() * len(sentences)
    counts = torch.bincount((sentences * torch.tensor([27, 9, 3, 1])).sum(1), minlength=81)
    often = expected > 5
    observed, wanted = counts[often].double(), expected[often]
    if not often.all():
        observed = torch.cat([observed, counts[~often].sum()[None]])
        wanted = torch.cat([wanted, expected[~often].sum()[None]])
    return stats.chisquare(observed.numpy(), (wanted * len(sentences) / wanted.sum()).numpy()).pvalue


@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_samples_follow_the_probabilities_at_any_temperature(G, temperature):
    draws = G.sample(20_000, torch.Generator().manual_seed(0), temperature)
    assert pvalue(G, draws, temperature) > 1e-3
    other = 1.6 - temperature
    assert pvalue(G, draws, other) < 1e-6


def test_words_drawn_by_gumbel_noise_follow_the_same_law(G):
    vectors = G(Latent(12, 0, draw=gumbel)(20_000))
    words = vectors.argmax(2)
    assert torch.equal(vectors.detach(), one_hot(words, 3).float())
    assert pvalue(G, words) > 1e-3


def test_completions_keep_their_prefix_and_follow_the_conditional_law(G):
    prefix = torch.tensor([[2, 0]]).expand(20_000, 2)
    finished = G.complete(prefix, torch.Generator().manual_seed(0))
    assert torch.equal(finished[:, :2], prefix)
    endings = torch.cat(
        [torch.tensor([[2, 0]]).expand(9, 2), torch.cartesian_prod(torch.arange(3), torch.arange(3))], 1
    )
    with torch.no_grad():
        expected = G.log_probs(endings)[:, 2:].double().sum(1).exp()
    counts = torch.bincount((finished[:, 2:] * torch.tensor([3, 1])).sum(1), minlength=9)
    assert stats.chisquare(counts.numpy(), (20_000 * expected / expected.sum()).numpy()).pvalue > 1e-3


def test_a_word_depends_on_the_words_before_it_alone(G):
    sentence = torch.tensor([[0, 1, 2, 0]])
    changed = torch.tensor([[0, 1, 1, 2]])
    with torch.no_grad():
        torch.testing.assert_close(G.log_probs(sentence)[:, :2], G.log_probs(changed)[:, :2])
        assert not torch.allclose(G.log_probs(sentence)[:, 3], G.log_probs(torch.tensor([[1, 1, 2, 0]]))[:, 3])


def test_the_gradient_reaches_the_first_word_from_the_last(G):
    z = Latent(12, 0, draw=gumbel)(8)
    G(z)[:, 3].mul(torch.tensor([1.0, -2.0, 3.0])).sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in G.parameters())
    assert not G.sample(3).dtype.is_floating_point


def test_without_straight_through_words_are_soft():
    torch.manual_seed(0)
    soft = GRUGenerator(3, 4, width=6, discrete=lambda probs: probs)(Latent(12, 0, draw=gumbel)(50))
    assert soft.max() < 1 and soft.min() > 0
    torch.testing.assert_close(soft.sum(2), torch.ones(50, 4))


def test_d_scores_each_sentence_by_itself_and_knows_the_order_of_words():
    torch.manual_seed(0)
    D = SequenceDiscriminator(n_words=5, length=6, width=8)
    x = one_hot(torch.randint(5, (4, 6), generator=torch.Generator().manual_seed(0)), 5).float()
    scores = D(x)
    assert scores.shape == (4, 1)
    torch.testing.assert_close(D(x[:1]), scores[:1])
    assert not torch.allclose(D(x.flip(1)), scores)
