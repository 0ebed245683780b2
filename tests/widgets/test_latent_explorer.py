"""The latent explorer, driven without a browser: move a slider, compare with the z and the image it should make."""

import base64
import io

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from coursekit.widgets.latent_explorer import LatentExplorer, draw

E0, E1, E2 = torch.eye(3)
CLASSES = ["dark", "light"]


class Window(nn.Module):
    """A 4 x 4 image whose first three pixels are z; batch normalisation tells evaluation from training."""

    def __init__(self, channels=1):
        super().__init__()
        self.channels, self.norm = channels, nn.BatchNorm1d(3, eps=1e-12)

    def forward(self, z):
        return nn.functional.pad(self.norm(z), (0, 13)).view(-1, 1, 4, 4).expand(-1, self.channels, -1, -1)


def brightness(images):
    mean = images.mean((1, 2, 3))
    return torch.stack([-mean, mean], 1)


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value)).convert("RGB")).astype(int)


@pytest.fixture
def explorer():
    return LatentExplorer(Window(), {"up": E2, "back": -E0}, corners=(E0, E1), classifier=brightness, classes=CLASSES)


def test_the_middle_of_the_way_lies_on_the_arc(explorer):
    assert torch.allclose(explorer.outcome.z, (E0 + E1) / 2**0.5)
    assert torch.allclose(explorer.outcome.image.flatten()[:3], explorer.outcome.z)


def test_the_way_begins_and_ends_at_the_corners_at_equal_angles(explorer):
    way = explorer.outcome.way.flatten(1)[:, :3]
    angles = torch.linspace(0, torch.pi / 2, 9)
    assert torch.allclose(way, torch.stack([angles.cos(), angles.sin(), torch.zeros(9)], 1), atol=1e-6)


def test_each_slider_adds_its_multiple_of_its_direction_to_the_whole_way_and_changes_the_picture(explorer):
    before = pixels(explorer)
    explorer.controls["up"].value = -0.5
    explorer.controls["back"].value = 0.3
    explorer.controls["t"].value = 1.0
    assert torch.allclose(explorer.outcome.z, E1 - 0.5 * E2 - 0.3 * E0, atol=1e-6)
    assert torch.allclose(explorer.outcome.way[0].flatten()[:3], torch.tensor([0.7, 0.0, -0.5]), atol=1e-6)
    assert explorer.settings.amounts == {"up": -0.5, "back": 0.3}
    assert np.abs(pixels(explorer) - before).max() > 100


def test_new_corners_come_from_the_seed_that_is_shown(explorer):
    for seed in (0, 1):
        explorer.button.value = True
        z0, z1 = torch.randn(2, 3, generator=torch.Generator().manual_seed(seed))
        way = explorer.outcome.way.flatten(1)[:, :3]
        assert torch.allclose(way[[0, -1]], torch.stack([z0, z1]), atol=1e-5)
        assert f"corners of seed {seed};" in draw(explorer.outcome).axes[1].get_title(loc="left")
        assert explorer.button.value is False


def test_given_corners_are_called_given(explorer):
    assert "corners as given" in draw(explorer.outcome).axes[1].get_title(loc="left")


def test_without_corners_a_seed_draws_them_and_the_same_seed_the_same_ones():
    first, again, other = (LatentExplorer(Window(), {"up": E2}, seed=seed).outcome.way for seed in (5, 5, 6))
    assert torch.equal(first, again) and not torch.allclose(first, other)


def test_the_classifier_names_the_image_and_each_step(explorer):
    images = torch.cat([explorer.outcome.image[None], explorer.outcome.way])
    light = torch.sigmoid(2 * images.mean((1, 2, 3))).tolist()  # a softmax over -m and m
    assert [name for name, _ in explorer.outcome.likeliest] == ["light"] * 10
    assert [p for _, p in explorer.outcome.likeliest] == pytest.approx(light)
    assert draw(explorer.outcome).axes[0].get_title(loc="left") == f"light, {light[0]:.0%}"


def test_batch_normalisation_is_not_disturbed_and_its_mode_is_left_as_it_was():
    G = Window().train()
    before = G.norm.running_mean.clone()
    LatentExplorer(G, {"up": E2})
    assert G.training and torch.equal(G.norm.running_mean, before)


def test_colours_are_drawn_as_they_are():
    explorer = LatentExplorer(Window(channels=3), {"up": E2})
    assert draw(explorer.outcome).axes[0].images[0].get_array().shape == (4, 4, 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"directions": {}}, "give directions"),
        ({"directions": {"up": E2[None]}}, r"direction 'up' \(1, 3\)"),
        ({"directions": {"up": E2, "far": torch.ones(4)}}, r"direction 'far' \(4,\)"),
        ({"directions": {"up": E2}, "corners": (E0, torch.ones(4))}, r"corner z1 \(4,\)"),
        ({"directions": {"up": E2 / 0}}, "direction 'up' has values that are not finite"),
    ],
)
def test_bad_directions_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        LatentExplorer(Window(), **arguments)


def test_without_a_kernel_there_is_a_picture_and_a_sentence(explorer):
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size == (800, 250)
    assert "run the cell" in bundle["text/plain"]


def test_every_control_has_a_name_the_button_a_tooltip_and_drawing_leaves_pyplot_alone(explorer):
    assert all(one.description.strip() for one in explorer.controls.values())
    assert explorer.button.tooltip
    assert matplotlib.pyplot.get_fignums() == []


def test_a_screen_reader_hears_what_the_picture_shows(explorer):
    explorer.controls["t"].value = 1.0
    light = torch.sigmoid(torch.tensor(2 / 16)).item()  # one of 16 pixels is 1: softmax over -1/16 and 1/16
    assert explorer.aria.words.startswith(
        f"light, {light:.0%}; corners as given; t = 1.00; |z| = 1.0 (a draw: about 1.7)"
    )
    assert explorer.aria.words.count("light") == 10 and explorer.aria in explorer.view.children
