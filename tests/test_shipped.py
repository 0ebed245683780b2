"""The generators that come with the package: they are what their cards say, and need neither data nor network."""

import json
from dataclasses import asdict

import pytest
import torch
from typer.testing import CliRunner

from coursekit import conditional, shipped
from coursekit.cli import app
from coursekit.lapgan import SHIPPED
from coursekit.metrics.features import load_feature_net
from coursekit.recipes import RECIPES
from coursekit.shipped import FOLDER, load_shipped, names, read_card, restored, ship

GOAL = {"dcgan-fashion": 2.5, "dcgan-mnist": 2.0, "lapgan-fashion": 2.5, "cgan-mnist": 0.6}
RECIPE = RECIPES | {"lapgan": SHIPPED, "cgan": conditional.SHIPPED}


def test_all_are_there_and_small_together():
    assert names() == sorted(GOAL)
    size = {path.stem: path.stat().st_size for path in FOLDER.parent.rglob("*.safetensors")}
    later = {"cgan-mnist", "scenes", "srgan-photos"}
    assert sum(size.pop(name) for name in later) < 3_000_000
    assert sum(size.values()) < 6_000_000


@pytest.mark.parametrize("name", GOAL)
def test_a_net_scores_what_its_card_says(name):
    net = load_shipped(name, "cpu")
    assert net.fid_feat() == pytest.approx(net.card["fid_feat"], abs=0.05)
    assert 0 < net.card["real_against_real"] < net.card["fid_feat"] < GOAL[name]


@pytest.mark.parametrize("name", GOAL)
def test_a_card_tells_how_to_make_the_net_again(name):
    card = read_card(name)
    assert {"command", "seed", "seconds", "device", "torch", "n_steps", "data", "licence"} <= card.keys()
    assert card["recipe_hash"] == RECIPE[card["recipe"]].hash()


def test_a_lapgan_has_no_single_discriminator_to_give():
    assert load_shipped("dcgan-mnist", "cpu").D(torch.zeros(2, 1, 28, 28)).shape == (2, 1)
    with pytest.raises(ValueError, match="without a discriminator: load a DCGAN"):
        _ = load_shipped("lapgan-fashion", "cpu").D


def test_the_conditional_gan_draws_the_digits_that_are_asked_for():
    net = load_shipped("cgan-mnist", "cpu")
    label = torch.arange(10).repeat_interleave(100)
    right = load_feature_net("mnist", "cpu").labels(net.G.sample(1000, 5, label)) == label
    assert right.view(10, 100).float().mean(1).min() > 0.9
    assert net.card["settings"] == json.loads(json.dumps(asdict(conditional.SHIPPED)))


def test_the_lapgans_card_holds_its_recipe_in_full():
    settings = read_card("lapgan-fashion")["settings"]
    assert settings == json.loads(json.dumps(asdict(SHIPPED)))


@pytest.mark.parametrize("name", GOAL)
def test_samples_are_of_all_classes_and_the_same_for_the_same_seed(name):
    net = load_shipped(name, "cpu")
    x = net.sample(500, seed=3)
    assert x.shape == (500, *net.card["shape"]) and x.abs().max() <= 1
    assert torch.equal(x[:100], net.sample(500, seed=3)[:100])
    assert not torch.equal(x[:100], net.sample(500, seed=4)[:100])
    counts = load_feature_net(net.card["data"], "cpu").labels(x).bincount(minlength=10)
    assert counts.min() >= 15  # 50 on average


def test_a_file_that_is_not_the_cards_and_an_unknown_name_are_refused(tmp_path):
    net = load_shipped("dcgan-mnist", "cpu")
    ship("copy", net.nets, net.card, moments_of(net), tmp_path)
    assert torch.equal(load_shipped("copy", "cpu", tmp_path).sample(2), net.sample(2))
    with (tmp_path / "copy.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    with pytest.raises(ValueError, match="was changed: its sha256"):
        load_shipped("copy", "cpu", tmp_path)
    with pytest.raises(
        ValueError, match="no generator 'dcgan-faces' comes with the course: choose one of cgan-mnist, dcgan-f"
    ):
        load_shipped("dcgan-faces")


def moments_of(net: shipped.Shipped) -> dict[str, torch.Tensor]:
    return {"real_mean": net.reference[0], "real_covariance": net.reference[1]}


def test_half_precision_on_disk_is_float32_in_use_and_other_tensors_travel_along(tmp_path):
    net, table = torch.nn.Linear(3, 2), torch.arange(4)
    ship("small", {"G": net.half()}, {"recipe": "none"}, {"table": table}, tmp_path)
    back = restored("small", lambda card: {"G": torch.nn.Linear(3, 2)}, "cpu", tmp_path)
    assert back.nets["G"].weight.dtype == torch.float32 and not back.nets["G"].training
    assert torch.equal(back.nets["G"].weight, net.weight.float())
    assert torch.equal(back.extra["table"], table) and back.extra.keys() == {"table"}
    with pytest.raises(ValueError, match="'small' needs more than noise"):
        load_shipped("small", "cpu", tmp_path)


def test_samples_from_the_command_line_without_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["sample", "dcgan-fashion", "--n", "4"])
    assert result.exit_code == 0 and (tmp_path / "dcgan-fashion.png").stat().st_size > 1000
    result = CliRunner().invoke(app, ["evaluate", "dcgan-fashion", "--data", "mnist"])
    assert result.exit_code == 2 and "leave --data out" in " ".join(result.output.split())


def test_evaluating_a_shipped_net_prints_its_card_and_measures_it_again(monkeypatch):
    monkeypatch.setattr(shipped.Shipped, "fid_feat", lambda net: 12.34)
    result = CliRunner().invoke(app, ["evaluate", "dcgan-mnist"])
    card = json.loads((FOLDER / "dcgan-mnist.json").read_text())
    assert result.exit_code == 0 and "12.34" in result.output and str(card["fid_feat"]) in result.output
