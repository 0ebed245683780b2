"""The vector field explorer, driven without a browser: choose, move, and compare with the games' closed forms."""

import base64
import io
import math
from dataclasses import asdict

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image

from coursekit import dynamics
from coursekit.plots.dynamics import FAR
from coursekit.plots.style import png
from coursekit.widgets import vector_field
from coursekit.widgets.vector_field import ARENAS, MOVES, Settings, VectorFieldExplorer, compute, draw

CHOICES = {"game": list(ARENAS), "moves": list(MOVES)}


@pytest.fixture
def explorer(monkeypatch):
    """One that does not draw: pictures have tests of their own."""
    monkeypatch.setattr(vector_field, "draw", lambda outcome: None)
    monkeypatch.setattr(vector_field, "compact_png", lambda figure: b"")
    return VectorFieldExplorer()


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value)).convert("RGB")).astype(int)


def test_six_alternating_steps_of_size_1_lead_back_to_the_start_and_the_picture_changes():
    explorer = VectorFieldExplorer(Settings(moves="in turn", lr=1.0, n_steps=7))
    before = pixels(explorer)
    explorer.controls["n_steps"].value = 6
    assert explorer.outcome.path.tolist() == [[1, 1], [0, 1], [-1, 0], [-1, -1], [0, -1], [1, 0], [1, 1]]
    assert explorer.outcome.factor == pytest.approx(1, abs=1e-9)
    assert np.abs(pixels(explorer) - before).max() > 100


@pytest.mark.parametrize("lr", [0.1, 1.0, 2.5])
def test_the_predicted_factor_is_the_closed_form(lr):
    forms = dynamics.simultaneous_radius, dynamics.alternating_radius, dynamics.extragradient_radius
    for moves, closed in zip(MOVES, forms, strict=True):
        assert compute(Settings("xy", moves, lr, n_steps=0)).factor == pytest.approx(closed(lr, 1.0), abs=1e-9)
        for game in ("Dirac-GAN", "non-saturating"):
            assert compute(Settings(game, moves, lr, n_steps=0)).factor == pytest.approx(closed(lr, 0.5), abs=1e-9)
    assert compute(Settings("driving side", "at once", lr)).factor == pytest.approx(1 + lr / 2)


@pytest.mark.parametrize("game", ["Dirac-GAN", "non-saturating"])
def test_r1_acts_on_the_gans(game):
    outcome = compute(Settings(game, "at once", 0.1, r1_weight=0.3, n_steps=300))
    assert outcome.factor == pytest.approx(math.sqrt(1 - 0.03 + 0.0025), abs=1e-9)
    assert outcome.distance[-1] < 0.05 * outcome.distance[0]


@pytest.mark.parametrize("name", list(asdict(Settings())))
def test_each_control_moves_its_own_setting_and_no_other(explorer, name):
    one = explorer.controls[name]
    value = CHOICES[name][-1] if name in CHOICES else one.max
    one.value = value
    assert asdict(explorer.settings) == {**asdict(Settings()), name: value}


def test_r1_can_be_set_for_gans_alone(explorer):
    for game, arena in ARENAS.items():
        explorer.controls["game"].value = game
        assert explorer.controls["r1_weight"].disabled is not arena.has_r1


def test_a_start_outside_the_game_is_moved_to_its_edge():
    outcome = compute(Settings("driving side", x=-2.0, y=0.7, n_steps=0))
    assert outcome.path.tolist() == [[0.0, 0.7]]


def test_a_game_that_explodes_is_drawn_without_complaint():
    outcome = compute(Settings("xy", "at once", 2.5, x=2.5, y=-2.5, n_steps=300))
    assert outcome.path.abs().max() > FAR
    assert png(draw(outcome)).startswith(b"\x89PNG")


def test_the_picture_shows_the_path_and_the_distance():
    outcome = compute(Settings("xy", "at once", 0.1, n_steps=50))
    left, right = draw(outcome).axes
    np.testing.assert_allclose(np.column_stack(left.lines[0].get_data()), outcome.path)
    np.testing.assert_allclose(right.lines[0].get_ydata(), math.sqrt(2) * 1.01 ** (np.arange(51) / 2), rtol=1e-9)
    np.testing.assert_allclose(right.lines[1].get_ydata(), right.lines[0].get_ydata(), rtol=1e-5)
    assert "away" in right.get_title(loc="left")


@pytest.mark.parametrize(
    ("moves", "word"), [("at once", "away"), ("in turn", "no nearer"), ("extragradient", "nearer")]
)
def test_the_verdict_names_what_the_factor_means(moves, word):
    assert vector_field.verdict(compute(Settings("xy", moves, n_steps=0))).startswith(word)


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    bundle = VectorFieldExplorer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size == (800, 400)
    assert "run the cell" in bundle["text/plain"]


def test_every_control_has_a_name_every_button_a_tooltip_and_drawing_leaves_pyplot_alone(explorer):
    assert all(one.description.strip() for one in explorer.controls.values())
    for name in CHOICES:
        one = explorer.controls[name]
        assert len(one.tooltips) == len(one.options) and all(one.tooltips)
    assert matplotlib.pyplot.get_fignums() == []


def test_arrows_of_every_game_vanish_at_its_equilibria():
    for arena in ARENAS.values():
        for weight in (0.0, 1.0):
            at = torch.tensor(arena.equilibria, dtype=torch.float64)
            assert arena.velocity(weight)(at).abs().max() < 1e-12
