"""The unrolled step against finite differences, against the same updates really made, and with D left as it was."""

import copy

import pytest
import torch
from torch import nn

from coursekit.data.streams import Latent
from coursekit.losses import NON_SATURATING, RELATIVISTIC
from coursekit.nets.spectral import spectral_norm
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.unrolled import unrolled, unrolled_generator_loss

LR = 0.5


@pytest.fixture
def toy():
    """A small smooth game in float64: G (2 -> 2), D (2 -> 1), real and z."""
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)).double()
    D = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    real, z = torch.randn(2, 5, 2, dtype=torch.float64)
    return G, D, real + 1, z


def flat(tensors):
    return torch.cat([t.detach().flatten() for t in tensors])


@pytest.mark.parametrize("loss", [NON_SATURATING, RELATIVISTIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("k", [0, 1, 4])
def test_the_gradient_through_k_updates_equals_finite_differences(k, loss, toy):
    G, D, real, z = toy
    unrolled_generator_loss(G, D, real, z, k, LR, loss).backward()
    analytic, numeric, h = flat([p.grad for p in G.parameters()]), [], 1e-5
    with torch.no_grad():
        entries = [entry for p in G.parameters() for entry in p.view(-1)]
    for entry in entries:
        with torch.no_grad():
            entry += h
        up = unrolled_generator_loss(G, D, real, z, k, LR, loss).item()
        with torch.no_grad():
            entry -= 2 * h
        down = unrolled_generator_loss(G, D, real, z, k, LR, loss).item()
        with torch.no_grad():
            entry += h
        numeric.append((up - down) / (2 * h))
    torch.testing.assert_close(analytic, torch.tensor(numeric, dtype=torch.float64), rtol=1e-6, atol=1e-9)


def test_the_loss_is_that_against_a_d_that_made_the_updates(toy):
    G, D, real, z = toy
    moved = copy.deepcopy(D)
    optimizer = torch.optim.SGD(moved.parameters(), LR)
    for _ in range(3):
        optimizer.zero_grad()
        NON_SATURATING.d(moved(real), moved(G(z).detach())).backward()
        optimizer.step()
    expected = NON_SATURATING.g(moved(G(z)), None)
    torch.testing.assert_close(unrolled_generator_loss(G, D, real, z, 3, LR), expected, rtol=1e-12, atol=0)


def test_d_answers_through_the_updates_not_only_at_their_end(toy):
    """Detaching the updates gives G the slope of D's last state alone: another gradient."""
    G, D, real, z = toy
    unrolled_generator_loss(G, D, real, z, 3, LR).backward()
    through = flat([p.grad for p in G.parameters()])
    moved = copy.deepcopy(D)
    optimizer = torch.optim.SGD(moved.parameters(), LR)
    for _ in range(3):
        optimizer.zero_grad()
        NON_SATURATING.d(moved(real), moved(G(z).detach())).backward()
        optimizer.step()
    last = torch.autograd.grad(NON_SATURATING.g(moved(G(z)), None), list(G.parameters()))
    assert (through - flat(last)).abs().max() > 1e-3


def test_d_is_left_exactly_as_it_was():
    """Parameters, the moving vectors of spectral normalisation, batch statistics and gradients alike."""
    torch.manual_seed(0)
    G = nn.Linear(2, 2)
    D = nn.Sequential(spectral_norm(nn.Linear(2, 4)), nn.BatchNorm1d(4), nn.LeakyReLU(0.2), nn.Linear(4, 1))
    before = copy.deepcopy(D.state_dict())
    unrolled_generator_loss(G, D, torch.randn(6, 2), torch.randn(6, 2), 5, LR).backward()
    assert before.keys() == D.state_dict().keys()
    assert all(torch.equal(before[name], now) for name, now in D.state_dict().items())
    assert all(p.grad is None for p in D.parameters()) and all(p.grad is not None for p in G.parameters())


def game(seed=0):
    torch.manual_seed(seed)
    G, D = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    return Game(G, D, torch.optim.SGD(G.parameters(), 0.1), torch.optim.SGD(D.parameters(), 0.1), Latent(3, seed=5))


def test_without_virtual_updates_the_step_is_algorithm_1():
    batches = [(torch.randn(6, 2, generator=torch.Generator().manual_seed(i)),) for i in range(3)]
    mine, plain = game(), game()
    losses = [unrolled(mine, k=0)(iter(batches)) for _ in range(1)]
    expected = [adversarial(plain)(iter(batches)) for _ in range(1)]
    assert losses[0].keys() == expected[0].keys()
    for name in ("d_loss", "g_loss"):
        torch.testing.assert_close(losses[0][name], expected[0][name])
    torch.testing.assert_close(flat(mine.G.parameters()), flat(plain.G.parameters()))
    torch.testing.assert_close(flat(mine.D.parameters()), flat(plain.D.parameters()))


def test_d_moves_by_its_own_update_and_not_by_the_virtual_ones():
    batches = [(torch.randn(6, 2, generator=torch.Generator().manual_seed(i)),) for i in range(3)]
    mine, plain = game(), game()
    unrolled(mine, k=4, lr=1.0)(iter(batches))
    adversarial(plain)(iter(batches))
    torch.testing.assert_close(flat(mine.D.parameters()), flat(plain.D.parameters()))
    assert (flat(mine.G.parameters()) - flat(plain.G.parameters())).abs().max() > 1e-4
