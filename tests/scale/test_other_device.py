"""Nothing in the course leans on the CPU: recipes, commands and trainers on a device beside it (see other_device)."""

import warnings
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn
from typer.testing import CliRunner

from coursekit.cli import app
from coursekit.conditional import WAYS, ConditionalRecipe, train_conditional
from coursekit.data.captions import scenes
from coursekit.data.images import load_images
from coursekit.data.shapes import is_held_out
from coursekit.data.toys import grid, ring
from coursekit.lapgan import LapganRecipe, train_lapgan
from coursekit.metrics.critic import train_critic
from coursekit.nets.perceptual import WhichPhotograph
from coursekit.recipes import RECIPES
from coursekit.super_resolution import SrganRecipe, train_srgan, train_srresnet
from coursekit.text_to_image import TextRecipe, train_painter
from tests.scale.other_device import OTHER, other_device


def images(name: str, device: object):
    data = "digits" if name != "dcgan-fast" else "fashion-mnist-embedded"
    if RECIPES[name].data.startswith("stacked"):
        from coursekit.cli.runs import load_data

        return load_data("stacked-digits")
    return load_images(data, device=device)


@pytest.fixture
def elsewhere(monkeypatch):
    monkeypatch.setenv("COURSEKIT_DEVICE", "meta")
    monkeypatch.setenv("COURSEKIT_OFFLINE", "1")
    monkeypatch.delenv("COURSEKIT_DATA", raising=False)
    with other_device() as crossings, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "for .* no-op")  # torch thinks that nothing is copied to "meta"
        yield crossings


def test_the_other_device_refuses_what_a_gpu_refuses(elsewhere):
    there, here = torch.arange(3.0, device=OTHER), torch.arange(3.0)
    assert (there + 1).tolist() == [1, 2, 3] and (there * torch.tensor(2.0)).tolist() == [0, 2, 4]
    with pytest.raises(RuntimeError, match="same device"):
        there + here
    with pytest.raises(RuntimeError, match="same device"):
        here[there.long()]
    with pytest.raises(RuntimeError, match="generator of another device"):
        torch.randn(3, generator=torch.Generator("cpu"), device=OTHER)
    with pytest.raises(RuntimeError, match="numpy"):
        there.numpy()
    del elsewhere[:]
    assert there[here.long()].cpu().numpy().tolist() == [0, 1, 2]
    assert elsewhere == ["aten::index", "aten::_to_copy"]  # the indices, and the result


def test_a_net_learns_there_what_it_learns_here(elsewhere):
    def learned(device) -> torch.Tensor:
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1)).to(device)
        adam = torch.optim.Adam(net.parameters(), 0.1)
        x = torch.randn(64, 3).to(device)
        for _ in range(5):
            adam.zero_grad()
            (net(x).squeeze(1) - x[:, 0]).square().mean().backward()
            adam.step()
        return net[0].weight.detach().cpu()

    torch.testing.assert_close(learned(OTHER), learned("cpu"))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_step_stays_on_its_device_and_gives_the_cpus_losses(name, elsewhere, monkeypatch):
    monkeypatch.setattr("coursekit.recipes.run.pick_precision", lambda device: torch.float32)
    run = RECIPES[name].start(images(name, OTHER), 3)
    run.step(run.batches)  # optimisers make their state
    del elsewhere[:]
    run.step(run.batches)
    run.average(0, {})
    assert elsewhere == []  # nothing for which a recorded graph would have to stop
    assert run.sample(2).device == OTHER
    monkeypatch.setenv("COURSEKIT_DEVICE", "cpu")
    here, there = (RECIPES[name].start(images(name, device), 3).fit(progress=False) for device in ("cpu", OTHER))
    if "stacked" not in name:
        torch.testing.assert_close(here["d_loss"], there["d_loss"], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("toy", [ring, grid])
def test_points_are_drawn_on_their_device(toy, elsewhere):
    batches = toy().batches(8, device=OTHER)
    next(batches)  # moves the centres, once
    del elsewhere[:]
    (x,) = next(batches)
    assert x.device == OTHER and elsewhere == []


def train_a_lapgan():
    data = load_images("digits", size=16, device=OTHER)
    for generated in (0.0, 0.5):
        recipe = LapganRecipe(size=16, widths=(6, 6), latent=4, hidden=16, batch_size=16, generated=generated)
        train_lapgan(data, recipe, (3, 3, 3), progress=False)


def train_conditional_gans():
    for way in WAYS:
        recipe = ConditionalRecipe(way=way, width=4, d_width=4, latent=8, batch_size=16)
        train_conditional(load_images("digits", size=28, device=OTHER), recipe, 3, progress=False)


def train_an_srgan():
    recipe = SrganRecipe(width=4, n_blocks=1, d_width=4, size=32, n_pairs=20, batch_size=4, n_steps=(3, 3))
    pairs, features = recipe.pairs(device=OTHER), WhichPhotograph(2, width=4).requires_grad_(False).to(OTHER)
    train_srgan(recipe, pairs, train_srresnet(recipe, pairs, progress=False)[0], features, progress=False)


TRAINERS = {
    "coursekit.lapgan": train_a_lapgan,
    "coursekit.conditional": train_conditional_gans,
    "coursekit.super_resolution.training": train_an_srgan,
}


@pytest.mark.parametrize("module", TRAINERS)
def test_the_step_that_a_trainer_hands_to_be_captured_stays_on_its_device(module, elsewhere, monkeypatch):
    """Its third run, when all state is made, does nothing for which a recorded graph would have to stop."""
    watched = []

    def watching(step, average, batches, *noise, capture):
        def stepped(batches):
            del elsewhere[:]
            losses = step(batches)
            average(0, losses)
            watched.append(list(elsewhere))
            return losses

        assert all(stream.generator.device == OTHER for stream in (batches, *noise)) and not capture
        return stepped, ()

    monkeypatch.setattr(f"{module}.with_average", watching)
    TRAINERS[module]()
    assert watched and not any(watched[2::3])


def test_a_painter_learns_and_paints_there(elsewhere):
    recipe = TextRecipe(width=4, d_width=4, batch_size=8, match_steps=2, near=0.5, between=0.5)
    painter, D = train_painter(scenes(60, device=OTHER), recipe, 2, progress=False)
    assert painter.paint("a small red circle", 3).device == OTHER
    assert is_held_out(scenes(5, device=OTHER).attributes).tolist() == [False] * 5


def test_a_critic_judges_images_from_anywhere(elsewhere):
    x = load_images("digits", device=OTHER).floats(torch.arange(200, device=OTHER))
    critic = train_critic(x[:100], [-x[:100]], x[100:], n_steps=2)
    assert critic.passes(x.cpu()).tolist() == critic.passes(x).tolist()


def command(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, (arguments, result.output, result.exception)
    return " ".join(result.output.split())


def test_the_commands_train_resume_sample_and_evaluate_there(elsewhere, tmp_path):
    run = tmp_path / "run"
    command("train", "dcgan", "--data", "digits", "--steps", 4, "--out", run, "--checkpoint-every", 2)
    assert "6 of 6 steps" in command("train", "dcgan", "--data", "digits", "--steps", 6, "--out", run, "--resume")
    assert "4 images" in command("sample", run, "--n", 4, "--out", tmp_path / "sheet.png")
    assert "FID-feat" in command("evaluate", run)


@pytest.mark.parametrize("name", ["dcgan-mnist", "lapgan-fashion", "cgan-mnist"])
def test_shipped_nets_sample_there(name, elsewhere, tmp_path):
    assert "4 images" in command("sample", name, "--n", 4, "--out", tmp_path / "sheet.png")


def test_captions_are_painted_and_photographs_enlarged_there(elsewhere, tmp_path):
    said = command("generate", "a large red circle top left", "--out", tmp_path / "sheet.png")
    assert "red 16 of 16" in said
    Image.linear_gradient("L").resize((20, 16)).save(tmp_path / "small.png")
    assert "80 x 64" in command("upscale", tmp_path / "small.png", "--out", tmp_path / "large.png")
    assert Path(tmp_path / "large.png").stat().st_size > 0
