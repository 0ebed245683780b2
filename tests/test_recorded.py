"""Recorded figures: with provenance, and only while their recipe is what it was."""

import json

import pytest

from coursekit import conditional, guidelines, text_to_image
from coursekit.collapse.points import with_remedies
from coursekit.collapse.table import table_hash
from coursekit.lapgan import arms_hash
from coursekit.recipes import RECIPES
from coursekit.recorded import FOLDER, record, recorded
from coursekit.super_resolution.training import sweep_hash

FILES = sorted(FOLDER.glob("*.json"))


def test_what_is_recorded_comes_back_with_its_provenance(tmp_path, capsys):
    record("speed", "python benchmarks/speed.py", "abc", [{"net": "MLP", "ms": 1.5}], tmp_path, ["one seed"])
    recording = recorded("speed", tmp_path)
    assert recording.rows == [{"net": "MLP", "ms": 1.5}] and recording.notes == ["one seed"]
    said = capsys.readouterr().out
    assert "python benchmarks/speed.py" in said and recording.commit[:9] in said and "not measured in this run" in said
    assert recording.device and recording.versions["torch"]


def test_a_name_that_was_not_recorded_lists_what_was(tmp_path):
    record("speed", "-", "-", [], tmp_path)
    with pytest.raises(FileNotFoundError, match=r"nothing is recorded as 'sped'; there is \['speed'\]"):
        recorded("sped", tmp_path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_figure_belongs_to_the_recipe_as_it_is_now(path):
    """`recipe_hash` is "-" where no recipe is behind the figures, else the hash of one that exists or of a table."""
    known = {"-", table_hash(), arms_hash(), guidelines.table_hash()} | {recipe.hash() for recipe in RECIPES.values()}
    known |= {sweep_hash(), text_to_image.arms_hash(), conditional.arms_hash()}
    saved = json.loads(path.read_text())
    assert saved["recipe_hash"] in known, f"the recipe has changed since: run {saved['command']}"
    assert saved["rows"] and saved["command"].startswith("python benchmarks/")
    if path.stem == "full":
        known |= {with_remedies("grid25", "pac4+fast-d").hash()}
        assert {row["recipe_hash"] for row in saved["rows"]} <= known


def test_the_readme_says_what_the_long_runs_reached():
    rows = {row["run"]: row for row in json.loads((FOLDER / "full.json").read_text())["rows"]}
    readme = " ".join((FOLDER.parents[1] / "README.md").read_text().split())
    packed, relativistic = rows["stacked-pac4"], rows["stacked-relativistic"]
    assert f"{rows['vanilla']['ll']:.0f} nats" in readme
    assert f"{packed['modes']} of 1000 modes" in readme and packed["modes"] == relativistic["modes"]
    assert f"(KL {packed['kl']:.2f} and {relativistic['kl']:.2f}" in readme
    assert f"{rows['grid25']['modes']} of 25 modes" in readme
    assert f"FID-feat {rows['dcgan-mnist']['fid_feat']} on MNIST" in readme
