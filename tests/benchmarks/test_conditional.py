"""The benchmark that fills coursekit/recorded/conditional.json: what its figures mean, and that the claims hold."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import pytest
import torch

from coursekit.conditional import ARM_STEPS, WAYS, arms_hash
from coursekit.data.images import load_images
from coursekit.metrics.parzen import parzen_log_likelihood
from coursekit.recorded import FOLDER

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "conditional.py"
RECORD = json.loads((FOLDER / "conditional.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmarks_conditional", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figure(part: str, arm: str, name: str) -> list[float]:
    rows = [row for row in RECORD["rows"] if (row["part"], row["arm"]) == (part, arm)]
    return [row[name] for row in sorted(rows, key=lambda row: row["seed"])]


def test_the_record_has_three_seeds_of_each_arm_as_it_is(benchmark):
    assert RECORD["recipe_hash"] == arms_hash(), "a recipe moved: run benchmarks/conditional.py again"
    for part, (_, arms) in benchmark.PARTS.items():
        for arm in arms:
            assert figure(part, arm, "seed") == [0, 1, 2]
            assert set(figure(part, arm, "recipe_hash")) == {arms_hash()}
    assert all(row["n_steps"] == ARM_STEPS for row in RECORD["rows"] if row["part"] == "ways")


def test_labels_are_right_unless_they_were_shuffled_and_acgan_has_no_more_recall():
    assert all(min(figure("ways", arm, "labels_right")) > 0.8 for arm in WAYS)
    assert max(figure("ways", "shuffled labels", "labels_right")) < 0.2
    pairs = zip(figure("ways", "AC-GAN", "recall"), figure("ways", "projection", "recall"), strict=True)
    assert all(ac <= projection for ac, projection in pairs)


def test_the_arms_differ_in_their_labels_as_they_say(benchmark):
    labels = torch.arange(200) % 10
    shuffled, recipe = benchmark.labels_for("shuffled labels", labels, 0)
    assert torch.equal(shuffled.sort().values, labels.sort().values) and recipe.way == "projection"
    assert 0.02 < (shuffled == labels).float().mean() < 0.25
    none, recipe = benchmark.labels_for("no labels", labels, 0)
    assert none.sum() == 0 and recipe.n_classes == 1
    for way in WAYS:
        same, recipe = benchmark.labels_for(way, labels, 0)
        assert torch.equal(same, labels) and recipe.way == way


def test_few_images_are_as_many_of_each_class_with_their_own_labels(benchmark):
    labels = torch.randint(10, (500,), generator=torch.Generator().manual_seed(0))
    x, chosen = benchmark.of_classes(torch.arange(500), labels, 7, torch.Generator().manual_seed(1))
    assert torch.equal(labels[x], chosen) and len(x.unique()) == 70
    assert chosen.bincount().tolist() == [7] * 10


def test_the_parzen_figure_is_that_of_pixels_from_zero_to_one(benchmark):
    images = load_images("fashion-mnist-embedded", "test", device="cpu")
    some = dataclasses.replace(images, images=images.images[:60], labels=images.labels[:60])
    x = images.floats(slice(100, 160))
    found = benchmark.parzen(x, some, some)
    expected = parzen_log_likelihood((x + 1) / 2, (some.floats() + 1) / 2, found["sigma"]).mean().item()
    assert found["parzen"] == pytest.approx(expected, rel=0.02)  # sigma is stored rounded
