"""The runs of the profile `full`, tried with a few steps: each trains, is measured, and is not made twice."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from coursekit.data.images import Images
from coursekit.recipes import RECIPES

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def full(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("benchmarks_full", BENCHMARKS / "full.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "FOLDER", tmp_path / "full")
    yield module
    for name in ("parzen", "pretrain"):
        sys.modules.pop(name, None)


def test_every_recipe_has_more_steps_in_full_than_in_fast():
    assert all(recipe.full_steps > recipe.n_steps for recipe in RECIPES.values())


def test_a_run_whose_figures_are_on_disk_is_not_made_again(full):
    made = []

    def run(name, steps):
        made.append(name)
        return {"modes": 990}

    assert full.row_of("stacked-pac4", {"stacked-pac4": run}) == {
        "run": "stacked-pac4",
        "modes": 990,
        "published": full.PUBLISHED["stacked-pac4"],
    }
    assert full.row_of("stacked-pac4", {"stacked-pac4": run})["modes"] == 990
    assert made == ["stacked-pac4"]


def test_an_interrupted_run_is_resumed_in_its_folder(full, monkeypatch):
    commands = []
    monkeypatch.setattr(full.subprocess, "run", lambda command, check: commands.append(command))
    head = {"recipe": "dcgan-long", "recipe_hash": "abc", "seed": 0}
    finished = SimpleNamespace(history=[0.0] * 7, meta=head | {"seconds": 2.6})
    monkeypatch.setattr(full, "load_run", lambda folder: finished)
    assert full.trained("dcgan-mnist", None, "dcgan-long") == (finished, head | {"n_steps": 7, "seconds": 3})
    (full.FOLDER / "dcgan-mnist").mkdir(parents=True)
    (full.FOLDER / "dcgan-mnist" / full.RESUME_FILE).touch()
    full.trained("dcgan-mnist", None, "dcgan-long")
    first, second = commands
    assert first[3:6] == ["train", "dcgan-long", "--profile"] and "--resume" not in first
    assert second == [*first, "--resume"]


def test_the_vanilla_run_goes_on_from_its_checkpoint_to_the_same_figures(full, monkeypatch):
    generator = torch.Generator().manual_seed(0)
    grey = torch.randint(256, (200, 1, 2, 2), generator=generator, dtype=torch.uint8)
    data = full.parzen.Data(Images(grey, None, "made up", ()), grey[:100] / 255, grey[100:] / 255)
    monkeypatch.setattr(full.parzen, "load", lambda: data)
    monkeypatch.setattr(full, "SAVE_EVERY", 4)
    monkeypatch.setitem(full.RECIPES, "vanilla", replace(RECIPES["vanilla"], full_steps=6))
    whole, steps = full.vanilla("vanilla"), []
    start = type(RECIPES["vanilla"]).start

    def watched(n: int, losses: dict) -> None:
        steps.append(n)
        if len(steps) == 5:
            raise KeyboardInterrupt

    def watched_start(*arguments):
        run = start(*arguments)
        run.watchers = (watched,)
        return run

    monkeypatch.setattr(full, "FOLDER", full.FOLDER / "another")
    monkeypatch.setattr(type(RECIPES["vanilla"]), "start", watched_start)
    with pytest.raises(KeyboardInterrupt):
        full.vanilla("vanilla")
    again = full.vanilla("vanilla")
    assert steps == [1, 2, 3, 4, 5, 5, 6]
    assert {**again, "seconds": 0} == {**whole, "seconds": 0}


def test_stacked_digits_train_and_are_counted_from_the_command_line(full, monkeypatch, tmp_path):
    """Three steps on the digits that come with scikit-learn, through the command and back."""
    from typer.testing import CliRunner

    from coursekit.cli import app

    monkeypatch.setenv("COURSEKIT_OFFLINE", "1")
    monkeypatch.delenv("COURSEKIT_DATA", raising=False)
    out = tmp_path / "run"
    arguments = ["train", "stacked-pac4", "--data", "stacked-digits", "--steps", "3", "--out", str(out)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    monkeypatch.setattr("coursekit.collapse.stacked.PER_MODE", 1)
    result = CliRunner().invoke(app, ["evaluate", str(out)])
    assert result.exit_code == 0 and "modes of 1000" in " ".join(result.output.split())


def test_the_profile_decides_the_steps_and_a_wrong_one_is_refused(tmp_path, monkeypatch):
    import typer

    from coursekit.cli import train

    recipe = RECIPES["dcgan-fast"]
    assert train._steps_of(recipe, "full") == recipe.full_steps
    assert train._steps_of(recipe, None) == recipe.n_steps
    monkeypatch.setenv("COURSEKIT_PROFILE", "full")
    assert train._steps_of(recipe, None) == recipe.full_steps
    with pytest.raises(typer.BadParameter, match="--profile is long: it must be fast or full"):
        train._steps_of(recipe, "long")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stacked-pac3"], "there is no full run stacked-pac3: choose from vanilla, stacked-pac4"),
        (["--steps", "5"], "--steps 5 needs one NAME"),
        (["--steps", "0", "vanilla"], "--steps 0 needs one NAME and at least 1 step"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(full, monkeypatch, arguments, said):
    monkeypatch.setattr(full, "row_of", lambda *arguments: pytest.fail("it ran"))
    monkeypatch.setattr(sys, "argv", ["full.py", *arguments])
    with pytest.raises(SystemExit, match=said):
        full.main()


def test_figures_are_recorded_after_each_run_with_the_steps_that_were_asked_for(full, monkeypatch):
    records = []
    monkeypatch.setattr(full, "record", lambda name, command, recipe_hash, rows: records.append(rows))
    runs = {"a": lambda name, steps: {"n_steps": steps}, "b": lambda name, steps: {"n_steps": 2}}
    monkeypatch.setattr(full, "RUNS", runs)
    for arguments in (["--steps", "7", "a"], []):
        monkeypatch.setattr(sys, "argv", ["full.py", *arguments])
        full.main()
    assert [[row["n_steps"] for row in rows] for rows in records] == [[7], [7], [7, 2]]


def test_a_run_of_fewer_steps_says_so_to_the_command(full, monkeypatch):
    commands = []
    monkeypatch.setattr(full.subprocess, "run", lambda command, check: commands.append(command))
    meta = {"recipe": "stacked-pac4", "recipe_hash": "abc", "seed": 0, "seconds": 1.0}
    monkeypatch.setattr(full, "load_run", lambda folder: SimpleNamespace(history=[], meta=meta))
    full.trained("stacked-pac4", 8000, "stacked-pac4")
    assert commands[0][3:7] == ["train", "stacked-pac4", "--steps", "8000"]
