"""The policy gradient against the exact gradient, which a language of 27 sentences lets one sum up."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from coursekit.data.text import one_hot_batches
from coursekit.losses import HINGE
from coursekit.nets.text import GRUGenerator, SequenceDiscriminator
from coursekit.steps.sequence import likelihood, policy_gradient, reinforce_loss, rollout_reward

EVERY = torch.tensor(list(itertools.product(range(3), repeat=3)))  # 27 sentences of 3 words
WORTH = torch.randn(27, generator=torch.Generator().manual_seed(5), dtype=torch.float64) + 4


def score(sentences):
    """A fixed score for each of the 27 sentences."""
    return WORTH[(sentences * torch.tensor([9, 3, 1])).sum(1)]


@pytest.fixture
def G():
    torch.manual_seed(0)
    return GRUGenerator(n_words=3, length=3, width=4).double()


def gradient(G, value):
    return torch.cat([g.flatten() for g in torch.autograd.grad(value, list(G.parameters()))])


def exact_gradient(G):
    """The gradient of minus the expected score, summed over all sentences."""
    return gradient(G, -(G.log_probs(EVERY).sum(1).exp() * score(EVERY)).sum())


def estimates(G, n_batches, batch_size, rewards_of, baseline_of):
    """REINFORCE's gradient on each of n_batches fresh batches: (n_batches, parameters)."""
    random, found = torch.Generator().manual_seed(1), []
    for _ in range(n_batches):
        sentences = G.sample(batch_size, random)
        rewards = rewards_of(sentences, random)
        found.append(gradient(G, reinforce_loss(G.log_probs(sentences), rewards, baseline_of(rewards))))
    return torch.stack(found)


def whole(sentences, random):
    """The score of the sentence at each of its words."""
    return score(sentences)[:, None].expand(-1, 3)


def assert_unbiased(found, exact):
    error = found.std(0) / len(found) ** 0.5 + 1e-9
    z = (found.mean(0) - exact) / error
    assert z.square().mean() < 2 and z.abs().max() < 5  # standard normal, up to chance


def test_over_all_sentences_the_loss_has_the_gradient_of_the_expectation(G):
    """Each sentence by itself, weighted by its probability: no chance is left."""
    probabilities = G.log_probs(EVERY).sum(1).exp().detach()
    log_probs = G.log_probs(EVERY)
    parts = [
        p * reinforce_loss(log_probs[i : i + 1], whole(EVERY[i : i + 1], None), 0.7)
        for i, p in enumerate(probabilities)
    ]
    torch.testing.assert_close(gradient(G, sum(parts)), exact_gradient(G))


def test_the_loss_is_minus_the_mean_over_sentences_of_the_sum_over_words():
    log_probs = torch.tensor([[-1.0, -2.0], [-0.5, -3.0]])
    rewards = torch.tensor([[1.0, 4.0], [2.0, 0.0]])
    by_hand = -((1 - 0.5) * -1 + (4 - 1) * -2 + (2 - 0.5) * -0.5 + (0 - 1) * -3) / 2
    for baseline in (torch.tensor([0.5, 1.0]), torch.tensor([[0.5, 1.0]])):
        assert reinforce_loss(log_probs, rewards, baseline).item() == pytest.approx(by_hand)


def test_no_gradient_flows_into_rewards_or_baseline():
    log_probs, rewards = -torch.rand(4, 3, requires_grad=True), torch.rand(4, 3, requires_grad=True)
    baseline = torch.rand(3, requires_grad=True)
    loss = reinforce_loss(log_probs, rewards * 1, baseline * 1)
    assert torch.autograd.grad(loss, (rewards, baseline), allow_unused=True) == (None, None)


def test_rewards_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 3\) and rewards \(4,\)"):
        reinforce_loss(torch.zeros(4, 3), torch.zeros(4), 0.0)


def test_rollouts_give_the_expected_score_of_each_prefix_and_the_score_of_the_whole(G):
    sentences, random, n = EVERY[[0, 5, 16, 26]], torch.Generator().manual_seed(2), 4000
    found = rollout_reward(sentences, lambda prefix: G.complete(prefix, random), score, n)
    p = G.log_probs(EVERY).detach().sum(1).exp()
    for row, sentence in zip(found, sentences, strict=True):
        for t in (1, 2):
            same = (EVERY[:, :t] == sentence[:t]).all(1)
            expected = (p[same] * score(EVERY[same])).sum() / p[same].sum()
            assert row[t - 1].item() == pytest.approx(expected.item(), abs=5 * WORTH.std().item() / n**0.5)
        assert row[2].item() == score(sentence[None]).item()


def test_a_word_is_worth_the_mean_of_its_completions_and_of_no_other_row():
    """Completions that tell row and turn: their mean must come back in its row."""
    sentences, turns = torch.tensor([[0, 1, 2], [1, 1, 1]]), []

    def rollout(prefix):
        turns.append(prefix.shape)
        return torch.cat([prefix, torch.arange(len(prefix))[:, None].expand(-1, 3 - prefix.shape[1])], 1)

    found = rollout_reward(sentences, rollout, lambda s: 100.0 * s[:, 0] + s[:, 2], n_rollouts=2)
    assert turns == [(4, 1), (4, 2)]  # both rows, twice, in one call
    assert found.tolist() == [[(0 + 2) / 2, (0 + 2) / 2, 2], [100 + (1 + 3) / 2, 100 + (1 + 3) / 2, 101]]


def test_rollouts_keep_no_gradient_and_need_at_least_one(G):
    D = nn.Linear(3, 1)
    found = rollout_reward(EVERY, G.complete, lambda s: D(s.float())[:, 0], 1)
    assert not found.requires_grad
    with pytest.raises(ValueError, match="at least one"):
        rollout_reward(EVERY, G.complete, score, 0)


def test_rollouts_and_whole_scores_are_unbiased_and_a_baseline_takes_variance_away(G):
    exact = exact_gradient(G).detach()

    def by_rollouts(sentences, random):
        return rollout_reward(sentences, lambda prefix: G.complete(prefix, random), score, 2)

    plain = estimates(G, 300, 4, whole, lambda rewards: 0.0)
    helped = estimates(G, 300, 4, whole, lambda rewards: 4.0)
    rolled = estimates(G, 300, 4, by_rollouts, lambda rewards: 4.0)
    for found in (plain, helped, rolled):
        assert_unbiased(found, exact)
    variance = [found.var(0).sum().item() for found in (plain, helped)]
    assert variance[1] < 0.5 * variance[0]


def test_the_batch_mean_as_a_baseline_scales_the_gradient_by_its_size(G):
    """The mean holds the sentence itself: a factor of 1 - 1/N, here 3/4, and the same direction."""
    found = estimates(G, 400, 4, whole, lambda rewards: rewards.mean(0))
    assert_unbiased(found, 0.75 * exact_gradient(G).detach())


def test_maximum_likelihood_moves_as_the_same_update_by_hand(G):
    batches, same = (one_hot_batches(EVERY, 3, 8, seed=0) for _ in range(2))
    slope = gradient(G, -G.log_probs(next(same)[0].argmax(2)).mean())
    weights = torch.cat([p.detach().flatten() for p in G.parameters()])
    losses = likelihood(G, torch.optim.SGD(G.parameters(), 0.1))(batches)
    after = torch.cat([p.detach().flatten() for p in G.parameters()])
    torch.testing.assert_close(after, weights - 0.1 * slope)
    assert losses.keys() == {"loss"}


def test_the_policy_gradient_step_updates_d_as_algorithm_1_and_leaves_no_gradient():
    torch.manual_seed(0)
    G, D = GRUGenerator(3, 3, width=4), SequenceDiscriminator(3, 3, width=4)
    batches, same = (one_hot_batches(EVERY, 3, 8, seed=0) for _ in range(2))
    fake = one_hot(G.sample(8, torch.Generator().manual_seed(1)), 3).float()
    expected = HINGE.d(D(next(same)[0]), D(fake))
    slopes = torch.autograd.grad(expected, list(D.parameters()))
    wanted = [nn.Parameter(p.detach() - 0.1 * slope) for p, slope in zip(D.parameters(), slopes, strict=True)]
    before = [p.detach().clone() for p in G.parameters()]
    optimizers = (torch.optim.SGD(net.parameters(), 0.1) for net in (G, D))
    step = policy_gradient(G, D, *optimizers, HINGE, n_rollouts=2, generator=torch.Generator().manual_seed(1))
    losses = step(batches)
    torch.testing.assert_close(losses["d_loss"], expected)
    torch.testing.assert_close(list(D.parameters()), wanted)
    assert any(not torch.equal(p, q) for p, q in zip(G.parameters(), before, strict=True))
    assert 0 < losses["reward"] < 1 and losses.keys() == {"d_loss", "g_loss", "reward"}
    assert all(p.grad is None for net in (G, D) for p in net.parameters())


def test_the_policy_gradient_learns_what_a_fixed_judge_wants():
    """A judge of the words 0 alone, kept by a learning rate of zero: G ends up writing them."""
    torch.manual_seed(0)
    G, D = GRUGenerator(3, 3, width=8), nn.Sequential(nn.Flatten(), nn.Linear(9, 1))
    with torch.no_grad():
        D[1].weight.copy_(torch.tensor([[2.0, 0, 0] * 3]))
        D[1].bias.fill_(-3.0)
    optimizers = torch.optim.Adam(G.parameters(), 0.02), torch.optim.SGD(D.parameters(), 0.0)
    step = policy_gradient(G, D, *optimizers, n_rollouts=2, generator=torch.Generator().manual_seed(1))
    batches = one_hot_batches(EVERY, 3, 32, seed=0)
    for _ in range(60):
        step(batches)
    assert (G.sample(500, torch.Generator().manual_seed(2)) == 0).float().mean() > 0.9
