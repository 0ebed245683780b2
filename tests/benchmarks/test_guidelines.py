"""The benchmark that fills coursekit/recorded/guidelines.json: rows are their recipes', the record is complete."""

import dataclasses
import importlib.util
import json
from pathlib import Path
from statistics import mean, median

import pytest
import torch

from coursekit.data.images import load_images
from coursekit.guidelines import ARMS, FULL, SEEDS, recipe_with, table_hash
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat, reference
from coursekit.recorded import FOLDER

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "guidelines.py"
RECORD = json.loads((FOLDER / "guidelines.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmarks_guidelines", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arm(name):
    return {row["seed"]: row for row in RECORD["rows"] if row["arm"] == name}


def test_the_record_was_made_with_the_recipes_as_they_are():
    assert RECORD["recipe_hash"] == table_hash(), "a recipe moved: run benchmarks/guidelines.py again"
    for name in ARMS:
        assert {row["recipe_hash"] for row in arm(name).values()} == {recipe_with(name).hash()}


def test_the_record_holds_every_arm_with_three_seeds_at_equal_steps():
    assert all(set(arm(name)) == set(SEEDS) for name in ARMS) and len(ARMS) == 12
    assert len({row["n_steps"] for row in RECORD["rows"]}) == 1


def test_the_recipe_beats_the_median_arm():
    means = {name: mean(row["fid"] for row in arm(name).values()) for name in ARMS}
    assert means.pop(FULL) < median(means.values())


def test_a_row_is_the_score_of_the_run_it_names(benchmark):
    train, test = (load_images("fashion-mnist-embedded", split, device="cpu") for split in ("train", "test"))
    net = load_feature_net(train.name, "cpu")
    real = reference(dataclasses.replace(test, images=test.images[:200], labels=None), net, 200)
    recipe = dataclasses.replace(recipe_with("no batch norm"), n_steps=3)
    row = benchmark.measure(recipe, 4, train, real, net)
    run = recipe.start(train, 3, 4)
    run.fit(progress=False)
    assert row["fid"] == pytest.approx(fid_feat(real, run.sample(200), net), abs=0.01)
    assert (row["arm"], row["seed"], row["n_steps"]) == ("no batch norm", 4, 3)
    assert row["recipe_hash"] == recipe.hash() and row["d_loss"] > 0 and row["g_loss"] > 0


def test_a_kept_row_is_not_measured_again_unless_its_recipe_moved(benchmark, tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "KEPT", tmp_path)
    measured = []

    def measure(recipe, seed):
        measured.append(seed)
        return {"recipe_hash": recipe.hash(), "fid": 1.0}

    monkeypatch.setattr(benchmark, "measure", measure)
    for name, times in ((FULL, 1), (FULL, 1), ("ReLU in D", 2)):
        assert benchmark.once(dataclasses.replace(recipe_with(name), name="row"), 0)["fid"] == 1.0
        assert len(measured) == times


@pytest.mark.slow
def test_a_recorded_row_is_measured_again(benchmark):
    torch.set_num_threads(1)
    train, test = (load_images("fashion-mnist", split, device="cpu") for split in ("train", "test"))
    if train.name != "fashion-mnist":
        pytest.skip("the record was made on the whole of Fashion-MNIST, which is not here")
    net = load_feature_net(train.name, "cpu")
    row = benchmark.measure(recipe_with(FULL), 0, train, reference(test, net), net)
    assert row["fid"] == pytest.approx(arm(FULL)[0]["fid"], rel=0.35)  # another processor rounds another way
