"""Recipes on points: a remedy changes what it says and nothing else, and a stopped run goes on bit for bit."""

import dataclasses

import pytest
import torch
from torch import nn

from coursekit import checkpoints
from coursekit.collapse.points import BASES, REMEDIES, RING8, count, figures, with_remedies
from coursekit.collapse.table import GRID25_ARMS, RING8_ARMS, table_hash
from coursekit.data.toys import ring
from coursekit.fit import every


def weights(run):
    return torch.cat([p.detach().flatten() for net in run.nets.values() for p in net.parameters()])


class Stop(Exception):
    pass


def stop(n, losses):
    raise Stop


@pytest.mark.parametrize("remedy", ["", *REMEDIES])
def test_the_seed_decides_a_run_and_a_resumed_one_is_bit_identical(remedy, tmp_path):
    small = {"batch_size": 16, "hidden": (8, 8)}
    recipe = dataclasses.replace(with_remedies("ring8", remedy), **small)
    whole, part, resumed = (recipe.start(seed, n_steps=8) for seed in (3, 3, 99))
    whole.fit(progress=False)
    with pytest.raises(Stop):
        part.fit((every(5, stop),), progress=False)
    checkpoints.save(tmp_path / "run.safetensors", part.parts, part.meta)
    torch.manual_seed(12345)
    checkpoints.load(tmp_path / "run.safetensors", resumed.parts)
    resumed.fit(progress=False)
    assert torch.equal(weights(whole), weights(resumed))
    assert figures(whole) == figures(resumed) and len(figures(whole)["counts"]) == 8
    assert not torch.equal(weights(whole), weights(recipe.start(99, n_steps=8)))


def test_each_remedy_changes_one_field_and_its_arm_nothing_else():
    prose = {"name", "summary", "paper"}
    for name, remedy in REMEDIES.items():
        recipe = with_remedies("ring8", name)
        fields = {f.name for f in dataclasses.fields(recipe)}
        differ = {f for f in fields if getattr(recipe, f) != getattr(RING8, f)}
        assert differ - prose == {remedy.field}


def test_the_settings_of_the_ring_are_those_of_the_table():
    run = RING8.start(0)
    assert [group["lr"] for net in ("g", "d") for group in getattr(run.game, f"{net}_optimizer").param_groups] == [
        pytest.approx(1e-3),
        pytest.approx(1e-4),
    ]
    fast = with_remedies("ring8", "fast-d").start(0)
    assert fast.game.d_optimizer.param_groups[0]["lr"] == pytest.approx(1e-3)
    first = run.game.G[0].weight
    assert torch.allclose(first.T @ first, 1.96 * torch.eye(32), atol=1e-4)  # orthogonal, gain 1.4


def test_all_arms_begin_with_the_same_generator_and_see_the_same_batches():
    first = RING8.start(1)
    for remedy in REMEDIES:
        other = with_remedies("ring8", remedy).start(1)
        assert all(torch.equal(p, q) for p, q in zip(first.game.G.parameters(), other.game.G.parameters(), strict=True))
        assert torch.equal(next(RING8.start(1).batches)[0], next(other.batches)[0])


def test_remedies_join_and_contradictions_are_refused():
    joined = with_remedies("ring8", "relativistic+fast-d")
    assert joined.step is REMEDIES["relativistic"].value and joined.d_speed == 1.0
    assert joined.paper == "Huang et al. 2024; Heusel et al. 2017" and joined.name == "ring8 relativistic+fast-d"
    with pytest.raises(ValueError, match="changes make_d twice"):
        with_remedies("ring8", "pac4+minibatch-stddev")
    with pytest.raises(ValueError, match="no remedy 'pac3': choose from fast-d"):
        with_remedies("ring8", "pac3")


def test_every_arm_of_the_table_has_a_hash_of_its_own():
    recipes = [with_remedies("ring8", a) for a in RING8_ARMS] + [with_remedies("grid25", a) for a in GRID25_ARMS]
    hashes = {recipe.hash() for recipe in recipes}
    assert len(hashes) == len(recipes)
    assert dataclasses.replace(RING8, g_lr=2e-3).hash() != RING8.hash()
    assert dataclasses.replace(RING8, summary="other words").hash() == RING8.hash()
    assert table_hash() == table_hash() and len(table_hash()) == 12


def test_a_count_is_of_the_generator_it_is_given():
    toy = ring()
    z = toy.centers.repeat(1000, 1)
    assert count(nn.Identity(), z, toy) == (8, 1.0, 0.0)
    modes, good, kl = count(nn.Identity(), toy.centers[:2].repeat(50, 1), toy)
    assert (modes, good) == (2, 1.0) and kl == pytest.approx(1.3863, abs=1e-4)  # log 4


def test_watching_a_run_does_not_change_it():
    watched, alone = (dataclasses.replace(RING8, batch_size=16, hidden=(8,)).start(0, n_steps=8) for _ in range(2))
    alone.watchers = ()
    watched.fit(progress=False), alone.fit(progress=False)
    assert torch.equal(weights(watched), weights(alone))
    assert [row[0] for row in watched.others["counts"].rows] == list(range(1, 9))


def test_both_bases_start():
    for base in BASES.values():
        run = base.start(0, n_steps=1)
        run.fit(progress=False)
        assert run.sample(5).shape == (5, 2)
