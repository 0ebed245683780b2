"""The KL explorer, driven without a browser: move a slider, compare with quadrature and closed forms."""

import base64
import io
import math
from dataclasses import asdict

import matplotlib.pyplot
import numpy as np
import pytest
from PIL import Image
from scipy import integrate, stats

from coursekit.widgets import kl_explorer
from coursekit.widgets.kl_explorer import DX, FORWARD, JSD, MODE_SD, REVERSE, KLExplorer, Settings, compute


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value)).convert("RGB")).astype(int)


def quadrature(settings):
    left, right = (stats.norm(side * settings.distance / 2, MODE_SD).pdf for side in (-1, 1))
    q = stats.norm(settings.mean, settings.sd).pdf

    def p(x):
        return (1 - settings.share) * left(x) + settings.share * right(x)

    def integral(f):
        return integrate.quad(f, -9, 9, epsabs=1e-9, limit=200)[0]

    def half(a, b):
        return integral(lambda x: a(x) * np.log(a(x) / (a(x) / 2 + b(x) / 2)))

    forward = integral(lambda x: p(x) * np.log(p(x) / q(x)))
    reverse = integral(lambda x: q(x) * np.log(q(x) / p(x)))
    return {FORWARD: forward, REVERSE: reverse, JSD: (half(p, q) + half(q, p)) / 2}


def test_moved_sliders_show_what_quadrature_says():
    explorer = KLExplorer()
    before = pixels(explorer)
    for name, value in {"mean": 0.7, "sd": 1.2, "distance": 3.0, "share": 0.3}.items():
        explorer.sliders[name].value = value
    expected = quadrature(Settings(0.7, 1.2, 3.0, 0.3))
    assert explorer.outcome.divergences == pytest.approx(expected, abs=1e-6)
    assert np.abs(pixels(explorer) - before).max() > 100


@pytest.mark.parametrize("name", list(kl_explorer.RANGES))
def test_each_slider_moves_its_own_setting_and_no_other(name):
    explorer = KLExplorer()
    before = asdict(explorer.settings)
    one = explorer.sliders[name]
    one.value = one.max
    assert asdict(explorer.settings) == {**before, name: one.max}


@pytest.mark.parametrize("distance, share", [(4.0, 0.4), (2.0, 0.7), (6.0, 0.9)])
def test_the_best_forward_q_has_the_moments_of_p(distance, share):
    mean, sd, _ = compute(Settings(distance=distance, share=share)).best[FORWARD]
    assert mean == pytest.approx(distance * (share - 0.5), abs=0.051)
    assert sd == pytest.approx(math.sqrt(MODE_SD**2 + distance**2 * share * (1 - share)), abs=0.051)


@pytest.mark.parametrize("share, side", [(0.4, -1), (0.7, 1)])
def test_the_best_reverse_q_is_the_larger_of_two_distant_modes_at_minus_log_its_share(share, side):
    mean, sd, value = compute(Settings(distance=6.0, share=share)).best[REVERSE]
    assert (mean, sd) == pytest.approx((side * 3.0, MODE_SD), abs=1e-6)
    assert value == pytest.approx(-math.log(max(share, 1 - share)), abs=1e-3)


def test_at_the_best_positions_the_bars_stand_on_their_marks_and_nowhere_below():
    best = compute(Settings()).best
    for name in (FORWARD, REVERSE):
        mean, sd, value = best[name]
        assert compute(Settings(mean, sd)).divergences[name] == pytest.approx(value, abs=1e-9)
        for shift in (-0.3, 0.3):
            assert compute(Settings(mean + shift, sd)).divergences[name] > value


def test_one_mode_is_copied_by_all():
    outcome = compute(Settings(0.0, MODE_SD, distance=0.0))
    assert all(value == pytest.approx(0, abs=1e-9) for value in outcome.divergences.values())


@pytest.mark.parametrize("mean", [-4.0, 4.0])
@pytest.mark.parametrize("sd", [0.3, 4.0])
def test_at_the_ends_of_the_sliders_the_divergences_are_finite_and_the_grid_holds_q(mean, sd):
    outcome = compute(Settings(mean, sd, 6.0, 0.1))
    assert all(math.isfinite(value) and value >= 0 for value in outcome.divergences.values())
    assert outcome.divergences[JSD] <= math.log(2)
    assert float(outcome.q.sum() * DX) == pytest.approx(1, abs=2e-3)


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    bundle = KLExplorer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size == (800, 360)
    assert "run the cell" in bundle["text/plain"]


def test_every_slider_has_a_name_and_drawing_leaves_pyplot_alone():
    explorer = KLExplorer()
    explorer.sliders["sd"].value = 0.3
    assert all(one.description.strip() for one in explorer.sliders.values())
    assert matplotlib.pyplot.get_fignums() == []
