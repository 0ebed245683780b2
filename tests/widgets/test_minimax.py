"""The minimax explorer, driven without a browser: move a slider, look at what is computed and drawn."""

import base64
import io
import math
from dataclasses import asdict

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image

from coursekit import theory
from coursekit.widgets import minimax
from coursekit.widgets.minimax import DX, MinimaxExplorer, Settings, X


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value)).convert("RGB")).astype(int)


def test_a_moved_slider_shows_what_theory_says():
    explorer = MinimaxExplorer()
    before = pixels(explorer)
    explorer.sliders["fake_mean"].value = -2.0
    explorer.sliders["fake_second"].value = 0.25
    p_data = theory.normal_pdf(X)
    p_g = theory.mixture_pdf(X, [-2, 2], [0.7, 0.7], [0.75, 0.25])
    assert torch.allclose(explorer.outcome.p_g, p_g)
    assert torch.allclose(explorer.outcome.d, theory.optimal_discriminator(p_data, p_g))
    value = float(theory.value_function(explorer.outcome.d, p_data, p_g, DX))
    assert explorer.outcome.value == pytest.approx(value, abs=1e-9)
    assert explorer.outcome.jsd == pytest.approx((value + math.log(4)) / 2, abs=1e-6)
    assert np.abs(pixels(explorer) - before).max() > 100


@pytest.mark.parametrize("name", list(minimax.RANGES))
def test_each_slider_moves_its_own_setting_and_no_other(name):
    explorer = MinimaxExplorer()
    before = asdict(explorer.settings)
    one = explorer.sliders[name]
    one.value = one.max
    assert asdict(explorer.settings) == {**before, name: one.max}


def test_equal_settings_on_both_sides_bring_the_value_to_minus_log_4():
    outcome = minimax.compute(Settings(1.0, 0.5, 0.3, 1.0, 0.5, 0.3))
    assert outcome.value == pytest.approx(-math.log(4), abs=1e-6)
    assert outcome.jsd == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("data_mean, fake_mean", [(-3, 3), (3, -3)])
def test_at_the_ends_of_the_sliders_the_grid_still_holds_both_densities(data_mean, fake_mean):
    outcome = minimax.compute(Settings(data_mean, 3.0, 1.0, fake_mean, 3.0, 0.0))
    assert float(outcome.p_data.sum() * DX) == pytest.approx(1, abs=1e-3)
    assert float(outcome.p_g.sum() * DX) == pytest.approx(1, abs=1e-3)
    assert math.isfinite(outcome.value)


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    bundle = MinimaxExplorer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size == (800, 400)
    assert "run the cell" in bundle["text/plain"]


def test_every_slider_has_a_name():
    assert all(one.description.strip() for one in MinimaxExplorer().sliders.values())


def test_drawing_leaves_pyplot_alone():
    MinimaxExplorer().sliders["data_sd"].value = 3.0
    assert matplotlib.pyplot.get_fignums() == []
