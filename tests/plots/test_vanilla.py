"""The panels of Figure 1: what is drawn is what the moment holds."""

import pytest
import torch

from coursekit.plots.vanilla import Moment, one_moment, panels

X = torch.linspace(-4, 4, 9)
P_DATA = torch.linspace(0, 0.4, 9)


def made_up(shift):
    z = torch.tensor([-1.0, 0.0, 1.0])
    return Moment(P_DATA.flip(0) + shift, torch.linspace(0, 1, 9), z, 2 * z + shift)


def lines(axis):
    return {line.get_label(): [float(y) for y in line.get_ydata()] for line in axis.lines}


def test_a_panel_shows_the_two_densities_and_d():
    figure = one_moment(X, P_DATA, made_up(0.1), "here")
    drawn = lines(figure.axes[0])
    assert drawn["$p_{data}$"] == P_DATA.tolist()
    assert drawn["$p_g$"] == made_up(0.1).p_g.tolist()
    assert drawn["D(x)"] == made_up(0.1).d.tolist()
    assert figure.axes[0].get_title(loc="left") == "here"


def test_arrows_end_at_what_g_makes_and_start_evenly_around_the_middle():
    below = one_moment(X, P_DATA, made_up(0.5)).axes[1]
    heads = [text.xy[0] for text in below.texts]
    feet = [text.xyann[0] for text in below.texts]
    assert heads == pytest.approx([-1.5, 0.5, 2.5])
    assert feet == pytest.approx([-2.4, 0.0, 2.4])


def test_moments_stand_side_by_side_in_their_order_on_one_scale():
    figure = panels(X, P_DATA, {"(a)": made_up(0.0), "(b)": made_up(0.2)})
    tops = figure.axes[:2]
    assert [axis.get_title(loc="left") for axis in tops] == ["(a)", "(b)"]
    assert [lines(axis)["$p_g$"][-1] for axis in tops] == pytest.approx([0.0, 0.2])
    assert tops[0].get_ylim() == tops[1].get_ylim()
