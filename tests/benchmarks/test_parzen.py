"""The benchmark that fills coursekit/recorded/parzen.json: its protocol on data with a known answer, and its record."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import pytest
import torch
from scipy.stats import multivariate_normal

from coursekit.data.images import Images
from coursekit.recipes import RECIPES
from coursekit.recorded import FOLDER

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "parzen.py"
RECORD = json.loads((FOLDER / "parzen.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def parzen():
    spec = importlib.util.spec_from_file_location("benchmarks_parzen", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tiny(parzen):
    """Images of 2 x 2 pixels, a fixed grey with noise, in the three parts of the protocol."""
    generator = torch.Generator().manual_seed(0)
    grey = (torch.randn(300, 1, 2, 2, generator=generator) * 30 + 128).clamp(0, 255).round()
    train = Images(grey[:100].byte(), None, "made up", ())
    return parzen.Data(train, grey[100:200] / 255, grey[200:] / 255)


def test_one_window_gives_the_density_of_one_normal(parzen, tiny):
    center = torch.full((1, 4), 0.5)
    row = parzen.evaluate(center, tiny)
    normal = multivariate_normal([0.5] * 4, row["sigma"] ** 2)
    logs = normal.logpdf(tiny.test.flatten(1).numpy())
    assert row["ll"] == pytest.approx(logs.mean(), abs=0.01)
    assert row["se"] == pytest.approx(logs.std(ddof=1) / 10, abs=0.01)
    choices = torch.logspace(-1, 0, 10).tolist()
    fits = [multivariate_normal([0.5] * 4, s**2).logpdf(tiny.validation.flatten(1).numpy()).mean() for s in choices]
    assert row["sigma"] == pytest.approx(choices[fits.index(max(fits))], abs=1e-4)


def test_a_row_is_that_of_the_recipe_it_names(parzen, tiny):
    recipe = dataclasses.replace(parzen.VANILLA, batch_size=8)
    row = parzen.measure("small", recipe, tiny, 6, seed=3, watch_every=2)
    run = recipe.start(tiny.train, 6, 3)
    run.fit(progress=False)
    expected = parzen.evaluate((run.sample(parzen.N_SAMPLES, seed=10) + 1) / 2, tiny)
    assert {name: row[name] for name in expected} == expected
    assert (row["arm"], row["seed"], row["n_steps"]) == ("small", 3, 6)
    assert [n for n, _ in row["validation"]] == [2, 4, 6]


def test_the_option_seeds_trains_three_fast_runs_and_writes_nothing(parzen, monkeypatch):
    measured = []
    monkeypatch.setattr("sys.argv", ["parzen.py", "--seeds"])
    monkeypatch.setattr(parzen, "load", lambda: None)
    monkeypatch.setattr(parzen, "measure", lambda *arguments: measured.append(arguments))
    monkeypatch.setattr(parzen, "record", lambda *_, **__: pytest.fail("it wrote a record"))
    parzen.main()
    assert [(arm, steps, seed) for arm, _, _, steps, seed, _ in measured] == [("fast", 2200, seed) for seed in range(3)]


def test_the_record_was_made_with_the_recipe_as_it_is():
    assert RECORD["recipe_hash"] == RECIPES["vanilla"].hash(), "the recipe moved: run benchmarks/parzen.py again"


def test_the_record_holds_what_the_lecture_says_of_it():
    figures = {}
    for row in RECORD["rows"]:
        figures.setdefault(row["arm"], []).append(row["ll"])
    assert len(figures["fast"]) == 3 and min(figures["fast"]) > 138
    assert max(figures["without R1"]) < min(figures["fast"]) < max(figures["full"]) < figures["training images"][0]


@pytest.mark.slow
def test_a_recorded_row_is_measured_again(parzen):
    try:
        data = parzen.load()
    except FileNotFoundError as missing:
        pytest.skip(f"needs MNIST: {missing}")
    row = parzen.measure("fast", parzen.VANILLA, data, parzen.FAST, 0, 200)
    [recorded] = [r for r in RECORD["rows"] if (r["arm"], r["seed"]) == ("fast", 0)]
    assert row["ll"] == pytest.approx(recorded["ll"], abs=8)  # another processor rounds another way
