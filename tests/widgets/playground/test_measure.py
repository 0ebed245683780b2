"""The playground's data and figures against scipy, numpy and closed forms."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.distance import jensenshannon

from coursekit.widgets.playground import measure, sources
from coursekit.widgets.playground.measure import AXIS, CELL, GRID, KERNEL_SD, Ruler, blurred, masses, wasserstein
from coursekit.widgets.playground.settings import DATA, Settings
from coursekit.widgets.playground.sources import checked_points, parse_csv, prepared

POINTS = ((0.5, -1.0), (1.25, 0.0), (-2.0, 2.0))
PLANE = np.array([[x, y] for y in AXIS.tolist() for x in AXIS.tolist()])


def settings(data):
    return prepared(Settings(data=data, points=POINTS))


def test_the_blurred_density_is_scipys_kernel_estimate():
    points = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    oracle = stats.gaussian_kde(points.numpy().T)
    oracle.covariance = np.eye(2) * 0.3**2
    oracle.cho_cov = np.eye(2) * 0.3
    oracle.log_det = 2 * math.log(2 * math.pi * 0.3**2)
    np.testing.assert_allclose(blurred(points, 0.3).numpy().ravel(), oracle(PLANE.T), rtol=1e-4, atol=1e-12)


def test_what_lies_outside_the_window_has_a_cell_of_its_own():
    inside, outside = torch.zeros(30, 2), torch.full((10, 2), 50.0)
    cells = masses(blurred(torch.cat([inside, outside]), KERNEL_SD))
    assert cells.sum().item() == pytest.approx(1) and cells[-1].item() == pytest.approx(0.25, abs=1e-6)


def test_js_is_scipys_on_the_same_cells():
    ruler = Ruler(settings("ring of 8"))
    samples = 1.2 * torch.randn(500, 2, generator=torch.Generator().manual_seed(1))
    oracle = jensenshannon(ruler.masses.numpy(), masses(blurred(samples, KERNEL_SD)).numpy()) ** 2
    assert ruler.measure(samples).js == pytest.approx(oracle, rel=1e-9)


def test_js_is_log_2_where_the_two_never_meet():
    assert Ruler(settings("two moons")).measure(torch.full((500, 2), 40.0)).js == pytest.approx(math.log(2), abs=1e-6)


def test_the_grid_is_fine_enough_for_the_js_of_two_gaussians():
    """Against numerical integration over the whole line of two Gaussians that differ along one axis only."""
    a, b, sd = -0.5, 0.7, 0.6
    p, q = (masses(blurred(torch.tensor([[centre, 0.0]]), sd)) for centre in (a, b))
    x = np.linspace(-8, 8, 20001)
    f, g = stats.norm.pdf(x, a, sd), stats.norm.pdf(x, b, sd)
    m = (f + g) / 2
    exact = np.trapezoid(f * np.log(f / m) + g * np.log(g / m), x) / 2
    assert float(measure.js_divergence(p, q)) == pytest.approx(exact, abs=2e-4)


def test_wasserstein_is_the_best_of_all_pairings():
    generator = torch.Generator().manual_seed(2)
    a, b = torch.randn(6, 2, generator=generator), torch.randn(6, 2, generator=generator)
    every = (
        np.linalg.norm(a.numpy() - b.numpy()[list(order)], axis=1).mean() for order in itertools.permutations(range(6))
    )
    assert wasserstein(a, b) == pytest.approx(min(every), rel=1e-6)


def test_wasserstein_is_scipys_in_two_dimensions_and_on_a_line():
    generator = torch.Generator().manual_seed(3)
    a, b = torch.randn(12, 2, generator=generator), 2 * torch.randn(12, 2, generator=generator)
    assert wasserstein(a, b) == pytest.approx(stats.wasserstein_distance_nd(a.numpy(), b.numpy()), rel=1e-4)
    a[:, 1] = b[:, 1] = 0
    assert wasserstein(a, b) == pytest.approx(stats.wasserstein_distance(a[:, 0].numpy(), b[:, 0].numpy()), rel=1e-6)


def test_modes_and_good_share_are_counted_as_numpy_does():
    ruler = Ruler(settings("grid of 25"))
    samples = torch.randn(2000, 2, generator=torch.Generator().manual_seed(4))
    centres = np.array([[x, y] for x in range(-2, 3) for y in range(-2, 3)])
    distances = np.linalg.norm(samples.numpy()[:, None] - centres, axis=2)
    good = distances.min(1) <= 0.15
    counts = np.bincount(distances.argmin(1)[good], minlength=25)
    figures = ruler.measure(samples)
    assert (figures.modes, figures.n_modes) == (int((counts >= 20).sum()), 25)
    assert figures.good == pytest.approx(good.mean(), abs=1e-6)


@pytest.mark.parametrize("data", DATA)
def test_the_data_itself_scores_best_by_every_figure(data):
    ruler = Ruler(settings(data))
    worse = ruler.measure(torch.randn(2000, 2, generator=torch.Generator().manual_seed(5)))
    assert ruler.floor.good > 0.95 > worse.good and ruler.floor.modes == ruler.floor.n_modes
    assert ruler.floor.js < 0.02 < worse.js and ruler.floor.wasserstein < worse.wasserstein


@pytest.mark.parametrize("data", DATA)
def test_the_mixture_is_the_density_that_the_data_is_drawn_from(data):
    """Shares of the cells of a coarse grid, 100,000 draws against the density's integral."""
    chosen = settings(data)
    nodes, sd = sources.mixture(chosen)
    draws = sources.toy(chosen).draw(100_000, torch.Generator().manual_seed(6)).numpy()
    edges = np.linspace(-3, 3, 7)
    seen = np.histogram2d(draws[:, 1], draws[:, 0], bins=[edges, edges])[0] / len(draws)
    x, y = nodes.double().numpy().T
    across, up = (np.diff(stats.norm.cdf(edges[:, None], values, sd), axis=0) for values in (x, y))
    np.testing.assert_allclose(seen, up @ across.T / len(nodes), atol=0.006)


def test_d_star_is_the_ratio_of_the_two_densities_and_undecided_where_neither_is():
    ruler = Ruler(settings("drawn"))
    fakes = torch.tensor([[-2.0, -2.0]] * 10)
    star = ruler.optimal(fakes)
    p = stats.multivariate_normal
    sd = math.hypot(0.08, KERNEL_SD)
    row, column = round((0.0 + 3) / CELL - 0.5), round((1.25 + 3) / CELL - 0.5)
    assert star.shape == (GRID, GRID) and star[row, column] == pytest.approx(1, abs=1e-6)
    at = np.array([AXIS[column], AXIS[row]])
    data = np.mean([p(point, sd**2 * np.eye(2)).pdf(at) for point in POINTS])
    assert float(ruler.density[row, column]) == pytest.approx(data, rel=1e-5)
    assert star[8, 8] < 1e-6 and star[0, 47] == 0.5


def test_samples_that_are_not_finite_are_counted_as_far_away():
    figures = Ruler(settings("line")).measure(torch.full((300, 2), math.nan))
    assert figures.good == 0 and figures.js == pytest.approx(math.log(2), abs=1e-6) and figures.wasserstein > 1e5


def test_pasted_lines_become_points_whatever_stands_between_the_numbers():
    assert parse_csv("x,y\n0.5,-1\n\n 1;2 \n1.5\t2.5\n-1 0\n") == (
        ((0.5, -1.0), (1.0, 2.0), (1.5, 2.5), (-1.0, 0.0)),
        "",
    )


def test_points_outside_the_window_are_moved_and_scaled_into_it_with_a_word_on_it():
    points, words = parse_csv("100,2\n300,4\n200,3")
    assert points == ((-2.0, -0.02), (2.0, 0.02), (0.0, 0.0))
    assert words == "moved by (-200, -3), then divided by 50 to fit the window"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no points are pasted"),
        ("hello", "line 1 is 'hello': it needs two numbers"),
        ("x,y\n1,2\n\n1,two", "line 4 is '1,two'"),
        ("1,2,3", "line 1 is '1,2,3'"),
        ("1,2\nnan,1", "line 2 is 'nan,1': both numbers must be finite"),
        ("x,y", "line 1 is 'x,y'"),
        ("\n".join(["1,1"] * 2001), "2001 points, at most 2000"),
    ],
)
def test_text_that_is_no_list_of_points_is_refused_with_its_line(text, words):
    with pytest.raises(ValueError, match=words):
        parse_csv(text)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((), "the drawing is empty"),
        (((0, 1), (1, "a")), "point 2 is"),
        (((0, 1, 2),), "point 1 is"),
        (((0, 3.5),), "must lie in"),
        (((0, math.nan),), "must lie in"),
        ((5,), "point 1 is 5"),
    ],
)
def test_a_drawing_that_is_none_is_refused_with_the_point(points, words):
    with pytest.raises(ValueError, match=words):
        checked_points(points, "drawn")
