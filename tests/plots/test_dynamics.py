"""Pictures of games, read back from the artists that were drawn."""

import numpy as np
import torch

from coursekit.dynamics import r1_eigenvalues, xy_velocity
from coursekit.plots.dynamics import FAR, draw_field, fields, race, rate_maps, spectrum
from coursekit.plots.style import new_figure

PATH = torch.tensor([[1.0, 0.0], [1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)


def test_arrows_point_where_the_players_move_and_none_is_longer_than_a_grid_step():
    axis = new_figure().subplots()
    draw_field(axis, xy_velocity, -2, 2, ("x", "y"), n=5)
    [arrows] = [artist for artist in axis.collections if hasattr(artist, "U")]
    x, y = arrows.X, arrows.Y
    moved = np.stack([arrows.U, arrows.V], -1) / arrows.scale
    wanted = np.stack([-y, x], -1)
    cross = moved[:, 0] * wanted[:, 1] - moved[:, 1] * wanted[:, 0]
    np.testing.assert_allclose(cross, 0, atol=1e-12)
    assert ((moved * wanted).sum(1) >= 0).all()
    assert np.linalg.norm(moved, axis=1).max() <= 1 + 1e-9  # the grid's spacing


def test_a_panel_holds_its_paths_from_square_to_triangle_and_its_stars():
    panel = {"velocity": xy_velocity, "low": -2, "high": 2, "names": ("x", "y"), "title": "a game"}
    figure = fields([panel | {"equilibria": [(0, 0)], "paths": {"one": PATH}}])
    [axis] = figure.axes
    path, start, end, star = (np.column_stack(line.get_data()) for line in axis.lines)
    np.testing.assert_allclose(path, PATH)
    np.testing.assert_allclose([start[0], end[0], star[0]], [[1, 0], [0.5, 1], [0, 0]])
    assert axis.get_title(loc="left") == "a game"


def test_a_frame_of_a_race_ends_at_its_step_and_cuts_off_what_is_far():
    gone = torch.cat([PATH, torch.full((1, 2), 2 * FAR, dtype=torch.float64)])
    left, right = race({"here": PATH, "gone": gone}, n=3, extent=2.0).axes
    here, gone = right.lines
    np.testing.assert_allclose(here.get_ydata(), PATH.norm(dim=1))
    assert np.isnan(gone.get_ydata()[-1]) and len(gone.get_ydata()) == 4
    early = race({"here": PATH}, n=1, extent=2.0).axes[1].lines[0]
    assert len(early.get_ydata()) == 2


def test_a_spectrum_draws_each_pair_and_the_disc_of_its_step_size():
    pairs = {"weight 0": r1_eigenvalues(0.0, 0.5), "weight 1": r1_eigenvalues(1.0, 0.5)}
    [axis] = spectrum(pairs, 0.5, (-5, 1, 3)).axes
    lines = {line.get_label(): np.column_stack(line.get_data()) for line in axis.lines}
    np.testing.assert_allclose(lines["weight 0"], [[0, 0.5], [0, -0.5]])
    [disc] = [points for name, points in lines.items() if name.startswith("inside")]
    np.testing.assert_allclose(np.abs(1 + 0.5 * (disc[:, 0] + 1j * disc[:, 1])), 1)


def test_a_map_shows_nearer_as_high_and_farther_as_low_with_its_border():
    rates = torch.tensor([0.1, 1.0, 10.0], dtype=torch.float64)
    values = np.array([[-1.0, 0.0, 5.0], [0.5, -5.0, 0.0], [0.0, 0.0, 1.0]])
    figure = rate_maps({"a": values, "b": -values}, rates, {"a": (rates, 1 / rates)}, {"b": [(1, 1, "word")]})
    first, second = figure.axes[:2]
    np.testing.assert_allclose(np.asarray(first.collections[0].get_array()).reshape(3, 3), -values.clip(-2, 2))
    np.testing.assert_allclose(np.column_stack(first.lines[0].get_data()), np.column_stack([rates, 1 / rates]))
    assert [text.get_text() for text in second.texts] == ["word"] and not second.lines
