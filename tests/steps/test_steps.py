"""A training step against the same arithmetic written out, and the laws that each hook must keep."""

import copy
from functools import partial

import pytest
import torch
from torch import nn

from coursekit.data.streams import Latent
from coursekit.losses import HINGE, MINIMAX, NON_SATURATING, RELATIVISTIC
from coursekit.penalties import clip_weights, r1
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game, frozen
from coursekit.steps.shared_pass import shared_pass
from coursekit.steps.supervised import supervised

RATE = 0.1


class Conditional(nn.Module):
    """A net that joins its input with a condition of one column."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.layer = nn.Linear(n_in + 1, n_out)

    def forward(self, x, label):
        return self.layer(torch.cat([x, label], 1))


class Counting(nn.Module):
    """A net that counts its forward passes."""

    def __init__(self, net):
        super().__init__()
        self.net, self.n_calls = net, 0

    def forward(self, *args):
        self.n_calls += 1
        return self.net(*args)


def make_game(G=None, D=None):
    torch.manual_seed(0)
    G, D = G or nn.Linear(3, 2), D or nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    return Game(G, D, torch.optim.SGD(G.parameters(), RATE), torch.optim.SGD(D.parameters(), RATE), Latent(3, seed=5))


def reals(n_batches=9, n=6):
    generator = torch.Generator().manual_seed(3)
    return [(torch.randn(n, 2, generator=generator) + 2,) for _ in range(n_batches)]


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def written_out(game, batches, k):
    """Algorithm 1 with autograd.grad and plain SGD arithmetic: no optimiser, no helper of the library."""
    G, D = copy.deepcopy(game.G), copy.deepcopy(game.D)
    latent = Latent(3, seed=5)
    for (real,) in batches[:k]:
        fake = G(latent(len(real))).detach()
        v = torch.log(torch.sigmoid(D(real))).mean() + torch.log(1 - torch.sigmoid(D(fake))).mean()
        with torch.no_grad():
            for p, g in zip(D.parameters(), torch.autograd.grad(v, D.parameters()), strict=True):
                p += RATE * g  # ascent
    g_loss = torch.log(1 - torch.sigmoid(D(G(latent(len(real)))))).mean()
    with torch.no_grad():
        for p, g in zip(G.parameters(), torch.autograd.grad(g_loss, G.parameters()), strict=True):
            p -= RATE * g
    return G, D, -v, g_loss


@pytest.mark.parametrize("k", [1, 2, 5])
def test_a_step_is_algorithm_1_with_k_updates_of_d(k):
    game, batches = make_game(), reals()
    G, D, d_loss, g_loss = written_out(game, batches, k)
    stream = iter(batches)
    losses = adversarial(game, MINIMAX, k=k)(stream)
    torch.testing.assert_close(weights(game.D), weights(D))
    torch.testing.assert_close(weights(game.G), weights(G))
    torch.testing.assert_close(losses["d_loss"], d_loss)
    torch.testing.assert_close(losses["g_loss"], g_loss)
    assert len(list(stream)) == len(batches) - k  # each update of D has a batch of its own


@pytest.mark.parametrize("make_step", [adversarial, shared_pass])
def test_a_step_leaves_no_gradient_behind_and_every_parameter_trainable(make_step):
    game = make_game()
    make_step(game)(iter(reals()))
    for p in (*game.G.parameters(), *game.D.parameters()):
        assert p.grad is None and p.requires_grad


@pytest.mark.parametrize("make_step", [adversarial, shared_pass])
def test_ds_update_does_not_touch_g_and_gs_does_not_touch_d(make_step):
    game = make_game()
    seen = []
    update_d, update_g = game.d_optimizer.step, game.g_optimizer.step

    def d_step():
        seen.append(("d", all(p.grad is None for p in game.G.parameters()), weights(game.G).clone()))
        update_d()

    def g_step():
        seen.append(("g", all(p.grad is None for p in game.D.parameters()), weights(game.D).clone()))
        update_g()

    game.d_optimizer.step, game.g_optimizer.step = d_step, g_step
    g_before = weights(game.G).clone()
    make_step(game)(iter(reals()))
    (_, g_clean, g_at_d), (_, d_clean, d_at_g) = seen
    assert g_clean and d_clean
    assert torch.equal(g_before, g_at_d) and torch.equal(d_at_g, weights(game.D))


def test_g_gets_fresh_noise_and_the_shared_pass_does_not():
    for make_step, n_draws in ((adversarial, 2), (shared_pass, 1)):
        game = make_game()
        G = Counting(game.G)
        game = Game(G, game.D, torch.optim.SGD(G.parameters(), RATE), game.d_optimizer, game.latent)
        make_step(game)(iter(reals()))
        assert G.n_calls == n_draws


def test_the_shared_pass_updates_g_through_the_d_that_just_moved():
    game = make_game()
    G, D = copy.deepcopy(game.G), copy.deepcopy(game.D)
    (real,) = reals()[0]
    fake = G(Latent(3, seed=5)(6))
    d_loss = NON_SATURATING.d(D(real), D(fake.detach()))
    with torch.no_grad():
        for p, g in zip(D.parameters(), torch.autograd.grad(d_loss, D.parameters()), strict=True):
            p -= RATE * g
    g_loss = -torch.log(torch.sigmoid(D(fake))).mean()
    with torch.no_grad():
        for p, g in zip(G.parameters(), torch.autograd.grad(g_loss, G.parameters()), strict=True):
            p -= RATE * g
    shared_pass(game)(iter(reals()))
    torch.testing.assert_close(weights(game.G), weights(G))
    torch.testing.assert_close(weights(game.D), weights(D))


def test_d_real_is_computed_for_g_only_where_the_loss_asks_for_it():
    for loss, n_calls in ((HINGE, 3), (RELATIVISTIC, 4)):
        game = make_game()
        D = Counting(game.D)
        game = Game(game.G, D, game.g_optimizer, torch.optim.SGD(D.parameters(), RATE), game.latent)
        adversarial(game, loss)(iter(reals()))
        assert D.n_calls == n_calls


def test_conditions_reach_both_nets_and_every_hook():
    game = make_game(Conditional(3, 2), Conditional(2, 1))
    label = torch.ones(6, 1)
    seen = []

    def watch(D, real, fake, *cond):
        seen.append(cond)
        return 0.0

    adversarial(game, penalty=watch, content=watch)(iter([(torch.randn(6, 2), label)]))
    assert [cond[0] is label for cond in seen] == [True, True]


def test_penalty_and_content_are_part_of_the_losses_that_are_returned_and_optimised():
    plain, with_hooks = make_game(), make_game()
    a = adversarial(plain)(iter(reals()))
    b = adversarial(with_hooks, penalty=lambda *_: torch.tensor(2.0), content=lambda *_: torch.tensor(3.0))(
        iter(reals())
    )
    assert (b["d_loss"] - a["d_loss"]).item() == pytest.approx(2, abs=1e-6)
    assert (b["g_loss"] - a["g_loss"]).item() == pytest.approx(3, abs=1e-6)
    stepped = make_game()
    adversarial(stepped, penalty=partial(r1, weight=5.0))(iter(reals()))
    assert not torch.equal(weights(stepped.D), weights(plain.D))


def test_projection_runs_after_each_update_of_d():
    game = make_game()
    adversarial(game, k=3, project=partial(clip_weights, limit=0.01))(iter(reals()))
    assert weights(game.D).abs().max() <= 0.01


def test_d_is_shown_the_remembered_fakes_with_their_own_conditions():
    game = make_game(Conditional(3, 2), Conditional(2, 1))
    old = torch.full((6, 2), 7.0), torch.full((6, 1), -1.0)
    seen = []

    def penalty(D, real, fake, *cond):
        seen.append((fake, *cond))
        return 0.0

    adversarial(game, remember=lambda fake, *cond: old, penalty=penalty)(iter([(torch.randn(6, 2), torch.ones(6, 1))]))
    assert torch.equal(seen[0][0], old[0]) and torch.equal(seen[0][1], old[1])


def test_a_bare_tensor_in_the_stream_is_refused():
    with pytest.raises(TypeError, match=r"yield \(x,\)"):
        adversarial(make_game())(iter([torch.randn(6, 2)]))


def test_an_optimiser_over_the_wrong_net_is_refused():
    G, D = nn.Linear(3, 2), nn.Linear(2, 1)
    both = torch.optim.SGD([*G.parameters(), *D.parameters()], RATE)
    with pytest.raises(ValueError, match="g_optimizer must hold exactly the parameters of G"):
        Game(G, D, both, torch.optim.SGD(D.parameters(), RATE), Latent(3))


def test_k_below_one_is_refused():
    with pytest.raises(ValueError, match="k is 0"):
        adversarial(make_game(), k=0)


def test_frozen_lets_gradients_through_and_keeps_what_was_frozen_before():
    net = nn.Linear(2, 1)
    net.bias.requires_grad_(False)
    x = torch.ones(1, 2, requires_grad=True)
    with frozen(net):
        net(x).sum().backward()
    assert torch.equal(x.grad, net.weight.detach()) and net.weight.grad is None
    assert net.weight.requires_grad and not net.bias.requires_grad


def test_the_supervised_step_is_one_gradient_step():
    torch.manual_seed(0)
    net = nn.Linear(2, 1, bias=False)
    x, y, before = torch.randn(8, 2), torch.randn(8, 1), net.weight.detach().clone()
    gradient = 2 / 8 * (x @ before.T - y).T @ x
    loss = supervised(net, torch.optim.SGD(net.parameters(), RATE), nn.functional.mse_loss)(iter([(x, y)]))
    torch.testing.assert_close(net.weight.detach(), before - RATE * gradient)
    torch.testing.assert_close(loss["loss"].detach(), (x @ before.T - y).square().mean())


@pytest.mark.parametrize("make_step", [adversarial, shared_pass])
def test_a_step_moves_the_generator_towards_the_data(make_step):
    game = make_game()
    step, batches = make_step(game), reals(400)
    z = Latent(3, seed=9)(500)
    before = (game.G(z).mean(0) - 2).norm()
    stream = iter(batches)
    for _ in range(400):
        step(stream)
    assert (game.G(z).mean(0) - 2).norm() < 0.5 * before
