"""The replay buffer: nothing lost, nothing twice, half of a batch old, and an exact resume."""

import pytest
import torch
from torch import nn

from coursekit import checkpoints
from coursekit.data.replay import Replay, ReplayBuffer
from coursekit.data.streams import Latent
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game


def numbered(start, n):
    """A batch of n distinct rows (n, 2)."""
    return torch.arange(start, start + n).float()[:, None].expand(n, 2).clone()


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_while_there_is_room_a_batch_comes_back_as_it_is_and_is_kept():
    buffer = ReplayBuffer(10)
    for start, kept in ((0, 4), (4, 8), (8, 10)):
        batch = numbered(start, 4)
        assert torch.equal(buffer.exchange(batch, generator()), batch)
        assert len(buffer) == kept
    assert torch.equal(buffer.store[0], numbered(0, 10))  # the last batch had room for two


def test_a_full_buffer_swaps_half_of_each_batch_and_loses_nothing():
    buffer, random = ReplayBuffer(20), generator()
    for start in range(0, 20, 4):
        buffer.exchange(numbered(start, 4), random)
    for start in range(100, 180, 8):
        before, batch = buffer.store[0][:, 0].tolist(), numbered(start, 8)
        given = buffer.exchange(batch, random)
        old = [v for v in given[:, 0].tolist() if v < start]
        assert len(old) == 4 and len(set(old)) == 4 and set(old) <= set(before)
        after = buffer.store[0][:, 0].tolist()
        assert sorted(given[:, 0].tolist() + after) == sorted(before + batch[:, 0].tolist())
        assert torch.equal(batch, numbered(start, 8)), "the caller's batch was changed"


def test_what_comes_back_and_what_is_stored_are_copies():
    buffer = ReplayBuffer(4)
    batch = numbered(0, 4)
    given = buffer.exchange(batch, generator())
    batch.zero_(), given.zero_()
    assert torch.equal(buffer.store[0], numbered(0, 4))
    given = buffer.exchange(numbered(10, 4), generator())
    kept = buffer.store[0].clone()
    given.zero_()
    assert torch.equal(buffer.store[0], kept)


def test_every_place_of_batch_and_buffer_takes_part():
    buffer, random, swapped = ReplayBuffer(6), generator(), torch.zeros(4)
    buffer.exchange(numbered(0, 6), random)
    for start in range(10, 410, 4):
        swapped += buffer.exchange(numbered(start, 4), random)[:, 0] < start
    assert swapped.min() > 30 and swapped.max() < 70  # 50 of 100 each
    assert (buffer.store[0][:, 0] > 300).all()


def test_a_buffer_smaller_than_half_a_batch_gives_what_it_has():
    buffer = ReplayBuffer(1)
    buffer.exchange(numbered(0, 1), generator())
    assert (buffer.exchange(numbered(10, 8), generator())[:, 0] == 0).sum() == 1


def test_a_fake_keeps_its_condition():
    replay = Replay(6, seed=1)
    for start in range(0, 60, 6):
        fake, label = replay(numbered(start, 6), 1000 + torch.arange(start, start + 6))
        assert torch.equal(fake[:, 0] + 1000, label.float())


def test_a_capacity_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        ReplayBuffer(0)


def test_no_other_randomness_is_touched_or_used():
    first, second = Replay(4, seed=1), Replay(4, seed=1)
    torch.manual_seed(0)
    before = torch.get_rng_state()
    a = [first(numbered(i, 4))[0] for i in range(0, 20, 4)]
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(99)
    b = [second(numbered(i, 4))[0] for i in range(0, 20, 4)]
    assert torch.equal(torch.stack(a), torch.stack(b))


@pytest.mark.parametrize("n_before", [0, 1, 5])
def test_a_restored_buffer_goes_on_where_it_was(n_before, tmp_path):
    replay, other = Replay(10, seed=1), Replay(10, seed=2)
    for start in range(n_before):
        replay(numbered(4 * start, 4))
    checkpoints.save(tmp_path / "replay.safetensors", {"memory": replay}, {})
    checkpoints.load(tmp_path / "replay.safetensors", {"memory": other})
    for start in range(100, 124, 4):
        assert torch.equal(replay(numbered(start, 4))[0], other(numbered(start, 4))[0])


def test_as_the_hook_remember_it_shows_d_old_fakes_and_trains_g_on_new_ones():
    torch.manual_seed(0)
    G, seen = nn.Linear(3, 2), []
    D = nn.Linear(2, 1)
    D.register_forward_pre_hook(lambda net, inputs: seen.append(inputs[0].detach().clone()))
    game = Game(G, D, torch.optim.SGD(G.parameters(), 0.1), torch.optim.SGD(D.parameters(), 0.1), Latent(3, seed=5))
    step = adversarial(game, remember=Replay(8, seed=0))
    batches = iter([(torch.randn(8, 2),)] * 4)
    for _ in range(3):
        step(batches)
    (_, first, _), (_, second, third) = seen[:3], seen[3:6]
    old = [row for row in second.tolist() if row in first.tolist()]
    assert len(old) == 4
    assert not [row for row in third.tolist() if row in first.tolist() or row in second.tolist()]
