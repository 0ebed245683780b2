"""The benchmark that fills coursekit/recorded/text_to_image.json: what is kept, and that the claims hold."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.data.shapes import ATTRIBUTES, held_out_combos, seen_combos
from coursekit.recorded import FOLDER
from coursekit.text_to_image import ARM_STEPS, ARMS, LONG_STEPS, RUNS, arms_hash

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "text_to_image.py"
TINY = {"width": 4, "d_width": 4, "batch_size": 8, "match_steps": 3}


@pytest.fixture(scope="module")
def record():
    return json.loads((FOLDER / "text_to_image.json").read_text(encoding="utf-8"))


@pytest.fixture
def benchmark(monkeypatch, tmp_path):
    """The script with nets, steps and scenes that take no time, and a folder of its own to keep rows in."""
    spec = importlib.util.spec_from_file_location("benchmarks_text_to_image", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "KEPT", tmp_path / "rows")
    monkeypatch.setattr(module, "N_SCENES", 60)
    monkeypatch.setattr(module, "ARMS", {arm: replace(recipe, **TINY) for arm, recipe in ARMS.items()})
    return module


def match(record, arm: str, n_steps: int, kind: str) -> list[float]:
    """The means of the five attributes, seed by seed."""
    rows = [row for row in record["rows"] if (row["arm"], row["n_steps"]) == (arm, n_steps)]
    return [row[kind]["mean"] for row in sorted(rows, key=lambda row: row["seed"])]


def test_the_record_has_three_seeds_of_each_run_as_it_is(record):
    assert record["recipe_hash"] == arms_hash(), "a recipe moved: run benchmarks/text_to_image.py again"
    runs = [(row["seed"], row["arm"], row["n_steps"]) for row in record["rows"]]
    assert runs == [(seed, *run) for seed in range(3) for run in RUNS]
    for row in record["rows"]:
        assert row["recipe_hash"] == ARMS[row["arm"]].hash()
        for kind in ("seen", "held out"):
            assert row[kind]["mean"] == pytest.approx(sum(row[kind][a] for a in ATTRIBUTES) / 5, abs=2e-3)
            assert row[kind]["all five"] <= min(row[kind][a] for a in ATTRIBUTES)


def test_captions_are_followed_sooner_with_wrong_pairs_and_on_new_combinations_too(record):
    for n_steps, gap in ((ARM_STEPS, 0.15), (LONG_STEPS, 0.0)):
        ours, plain = (match(record, arm, n_steps, "seen") for arm in ("GAN-CLS", "without wrong pairs"))
        assert all(one > max(0.7, other + gap) for one, other in zip(ours, plain, strict=True))
        assert min(match(record, "GAN-CLS", n_steps, "held out")) > 0.6


def test_the_arms_differ_in_what_their_names_say_and_in_nothing_else():
    changes = {
        "without wrong pairs": {"d_loss": "no wrong pairs"},
        "no near misses": {"near": 0.0},
        "with GAN-INT": {"between": 1.0},
        "bag of words": {"encoder": "bag of words"},
    }
    assert ARMS.keys() == {"GAN-CLS"} | changes.keys()
    for arm, change in changes.items():
        assert ARMS[arm] == replace(ARMS["GAN-CLS"], **change) != ARMS["GAN-CLS"]


def test_a_row_judges_seen_and_held_out_combinations(benchmark):
    row = benchmark.row("GAN-CLS", 2, 1)
    assert (row["arm"], row["seed"], row["n_steps"]) == ("GAN-CLS", 1, 2)
    assert benchmark.COMBOS["seen"].tolist() == seen_combos().tolist()
    assert benchmark.COMBOS["held out"].tolist() == held_out_combos().tolist()
    assert set(row["seen"]) == set(row["held out"]) == {*ATTRIBUTES, "mean", "all five"}


def test_a_row_that_is_kept_is_not_measured_again_unless_the_recipe_moved(benchmark, monkeypatch):
    first = benchmark.once("bag of words", 2, 0)
    monkeypatch.setattr(benchmark, "row", lambda arm, n_steps, seed: {"measured": "again"})
    assert benchmark.once("bag of words", 2, 0) == first
    assert benchmark.once("bag of words", 3, 0) == {"measured": "again"}
    monkeypatch.setitem(benchmark.ARMS, "bag of words", replace(benchmark.ARMS["bag of words"], near=0.25))
    assert benchmark.once("bag of words", 2, 0) == {"measured": "again"}
