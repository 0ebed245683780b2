"""The benchmark that fills coursekit/recorded/lapgan.json: what its figures mean, and that the record is complete."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from coursekit.data.images import load_images
from coursekit.data.pyramid import downsample, upsample
from coursekit.lapgan import ARM_STEPS, ARMS, Lapgan, LapganRecipe, arms_hash
from coursekit.metrics.features import load_feature_net
from coursekit.recorded import FOLDER

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "lapgan.py"
RECORD = json.loads((FOLDER / "lapgan.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmarks_lapgan", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def garments():
    test = load_images("fashion-mnist-embedded", "test", device="cpu")
    return dataclasses.replace(test, images=test.images[:600], labels=test.labels[:600])


def by_arm(name: str, figure: str) -> list[float]:
    return [row[figure] for row in sorted(RECORD["rows"], key=lambda row: row["seed"]) if row["arm"] == name]


def test_the_record_has_three_seeds_of_each_arm_as_it_is():
    assert RECORD["recipe_hash"] == arms_hash(), "a recipe moved: run benchmarks/lapgan.py again"
    for name, recipe in ARMS.items():
        assert by_arm(name, "seed") == [0, 1, 2]
        assert set(by_arm(name, "recipe_hash")) == {recipe.hash()}
        assert set(by_arm(name, "n_steps")) == {sum(ARM_STEPS)}


def test_the_recorded_chain_has_detail_and_pays_for_being_a_chain():
    for row in RECORD["rows"]:
        assert 0.5 < row["detail_28"] < 2 and 0.5 < row["detail_14"] < 2
        assert row["fid_on_real"] < row["fid"] < row["fid_enlarged"] / 2


def test_a_level_that_adds_nothing_has_the_figures_of_a_blur(benchmark, garments):
    """A chain whose levels return 0 is the enlarged coarse sample; on real images it is their own blur."""
    lapgan = Lapgan(LapganRecipe(widths=(4, 4), hidden=16))
    for level in lapgan.levels:
        nn.init.zeros_(level.layers[-1].weight)
        nn.init.zeros_(level.layers[-1].bias)
    real = garments.floats()
    blurred = benchmark.on_real(lapgan, real, garments.labels)
    assert torch.allclose(blurred, upsample(downsample(real)), atol=1e-6)
    found = benchmark.figures(lapgan, garments, load_feature_net(garments.name, "cpu"))
    assert found["fid"] == found["fid_enlarged"] > found["fid_on_real"] and found["accuracy"] is None
    assert found["detail_28"] < 0.1


def test_accuracy_is_the_share_of_samples_with_the_label_they_were_made_with(benchmark, garments):
    lapgan = Lapgan(LapganRecipe(widths=(4, 4), hidden=16, n_classes=10))
    net = load_feature_net(garments.name, "cpu")
    order = garments.labels.argsort(stable=True)
    firsts = torch.stack([order[garments.labels[order] == label][:40] for label in range(10)], 1).flatten()
    real = garments.floats(firsts)  # labels 0 to 9 in turn, as a conditional LAPGAN samples them
    lapgan.chain = lambda n, seed: [downsample(downsample(real[:n])), downsample(real[:n]), real[:n]]
    few = dataclasses.replace(garments, images=garments.images[:400], labels=garments.labels[:400])
    expected = (net.labels(real) == garments.labels[firsts]).double().mean().item()
    assert benchmark.figures(lapgan, few, net)["accuracy"] == pytest.approx(expected, abs=1e-4)
    assert expected > 0.8
