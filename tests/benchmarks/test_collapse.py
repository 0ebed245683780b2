"""The benchmark that fills coursekit/recorded/collapse.json: rows are their recipes', the record is complete."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import pytest
import torch

from coursekit.collapse.points import figures, with_remedies
from coursekit.collapse.stacked import SIZE, STACKED
from coursekit.collapse.table import GRID25_ARMS, RING8_ARMS, SEEDS, table_hash
from coursekit.data.images import load_images
from coursekit.recorded import FOLDER

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "collapse.py"
RECORD = json.loads((FOLDER / "collapse.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def collapse():
    spec = importlib.util.spec_from_file_location("benchmarks_collapse", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arm(data, name):
    return {row["seed"]: row for row in RECORD["rows"] if (row["data"], row["arm"]) == (data, name)}


def test_the_record_was_made_with_the_recipes_as_they_are():
    assert RECORD["recipe_hash"] == table_hash(), "a recipe moved: run benchmarks/collapse.py again"
    for name in RING8_ARMS:
        rows = arm("ring8", name or "vanilla")
        assert {row["recipe_hash"] for row in rows.values()} == {with_remedies("ring8", name).hash()}
    for name, recipe in STACKED.items():
        assert {row["recipe_hash"] for row in arm("2 digits", name).values()} == {recipe.hash()}


def test_the_record_holds_every_arm_with_three_seeds():
    assert all(set(arm("ring8", name or "vanilla")) == set(SEEDS) for name in RING8_ARMS) and len(RING8_ARMS) >= 9
    assert all(set(arm("2 digits", name)) == set(SEEDS) for name in STACKED)
    assert all(arm("grid25", name) for name in GRID25_ARMS)


def test_the_ring_holds_what_the_lecture_says_of_it():
    best = {name: [row["best"] for row in arm("ring8", name or "vanilla").values()] for name in RING8_ARMS}
    modes = {name: [row["modes"] for row in arm("ring8", name or "vanilla").values()] for name in RING8_ARMS}
    assert max(best[""]) <= 4 and max(best["relativistic"]) <= 4 and max(best["replay"]) <= 4
    assert min(modes["minibatch-stddev"]) == min(modes["relativistic+fast-d"]) == 8 and min(best["fast-d"]) >= 7


def test_a_row_of_points_is_that_of_the_recipe_it_names(collapse):
    recipe = dataclasses.replace(with_remedies("ring8", "pac2"), batch_size=16, hidden=(8,), n_steps=8)
    row = collapse.point_row(recipe, "pac2", seed=3)
    run = recipe.start(3)
    run.fit(progress=False)
    assert {name: row[name] for name in figures(run)} == figures(run)
    assert (row["data"], row["arm"], row["seed"], row["n_steps"]) == ("ring8", "pac2", 3, 8)


def test_a_kept_row_is_not_measured_again_unless_its_recipe_moved(collapse, tmp_path, monkeypatch):
    monkeypatch.setattr(collapse, "KEPT", tmp_path)
    measured = []

    def measure():
        measured.append(1)
        return {"recipe_hash": "abc", "modes": 8}

    for recipe_hash, times in (("abc", 1), ("abc", 1), ("abd", 2)):
        assert collapse.once("row", recipe_hash, measure)["modes"] == 8
        assert len(measured) == times


@pytest.mark.slow
def test_a_row_of_stacks_counts_the_samples_of_its_run(collapse):
    digits = load_images("digits", size=SIZE, device="cpu")
    recipe = dataclasses.replace(STACKED["vanilla"], n_steps=8)
    row = collapse.stacked_row(recipe, "vanilla", 0, digits)
    assert 1 <= row["modes"] <= 100 and [count[0] for count in row["counts"]] == list(range(1, 9))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "minibatch-stddev"])
def test_a_recorded_row_is_measured_again(collapse, name):
    torch.set_num_threads(1)
    row = collapse.point_row(with_remedies("ring8", name), name, 0)
    recorded = arm("ring8", name or "vanilla")[0]
    assert row["modes"] == pytest.approx(recorded["modes"], abs=1)  # another processor rounds another way
    assert row["best"] <= 4 if not name else row["best"] >= 7
