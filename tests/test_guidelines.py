"""The arms of lesson 09's table: each changes one thing, and its hash says which."""

import dataclasses

import pytest
import torch
from torch import nn

from coursekit import guidelines
from coursekit.guidelines import ARMS, FULL, recipe_with, table_hash
from coursekit.recipes import DCGAN

SHAPE = (1, 28, 28)


def changed(a, b) -> set[str]:
    names = {field.name for field in dataclasses.fields(a)} - {"name", "nets"}
    return {name for name in names if getattr(a, name) != getattr(b, name)}


def changed_nets(arm: str) -> set[str]:
    full, mine = recipe_with(FULL).nets.keywords, recipe_with(arm).nets.keywords
    return {name for name in full.keys() | mine.keys() if full.get(name) != mine.get(name)}


@pytest.mark.parametrize("arm", [arm for arm in ARMS if arm != FULL])
def test_an_arm_changes_one_number_or_one_guideline(arm):
    numbers, nets = changed(recipe_with(FULL), recipe_with(arm)), changed_nets(arm)
    assert bool(numbers) != bool(nets) and len(numbers) <= 1
    assert len({name.removeprefix("g_").removeprefix("d_") for name in nets}) <= 2


def test_the_recipe_departs_from_the_papers_in_what_it_says():
    assert changed(DCGAN, recipe_with(FULL)) == {"departures", "batch_size", "lr", "any_precision", "n_steps"}
    assert changed(recipe_with(FULL), recipe_with("rate 2e-4")) == {"lr"}
    assert recipe_with("rate 2e-4").lr == DCGAN.lr and recipe_with("beta1 0.9").betas == (0.9, 0.999)


def test_the_initial_weights_are_the_papers_unless_the_arm_is_about_them():
    for arm, expected in ((FULL, True), ("default initialisation", False)):
        torch.manual_seed(0)
        for net in recipe_with(arm).nets(SHAPE, 100):
            kernels = [m.weight for m in net.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
            spread = torch.cat([kernel.flatten() for kernel in kernels]).std().item()
            assert (abs(spread - 0.02) < 0.001) is expected


def test_every_arm_has_its_own_hash_which_lasts_and_moves_with_the_arm(monkeypatch):
    assert len({recipe_with(arm).hash() for arm in ARMS}) == len(ARMS)
    before = table_hash()
    assert table_hash() == before and "0x" not in repr(guidelines.recipe_with(FULL).hash())
    monkeypatch.setitem(guidelines.IN_THE_NETS, "ReLU in D", {"d_activation": nn.ELU})
    assert table_hash() != before


def test_an_unknown_arm_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="choose one of the recipe, pooling"):
        recipe_with("no pooling")
