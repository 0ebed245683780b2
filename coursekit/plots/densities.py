"""The picture of lecture 03: two densities above, what a discriminator makes of them below."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.plots.style import D_LINE, FAKE_LINE, OTHER_LINES, REAL_LINE, label, new_figure


def densities(x, p_data, p_g, d: Mapping[str, object], title: str = "", width: float = 7.0) -> Figure:
    """A figure of p_data and p_g over x and, below, the curves of `d` (name -> values in [0, 1] on the same x)."""
    figure = new_figure(width, 4.4)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    draw_densities(top, bottom, x, p_data, p_g, d)
    top.set_title(title, fontsize=11, loc="left")
    return figure


def draw_densities(top: Axes, bottom: Axes, x, p_data, p_g, d: Mapping[str, object]) -> None:
    """Draw the two densities on `top` and up to four discriminators on `bottom`; tensors or arrays, shape (n,)."""
    for density, name, style in ((p_data, r"$p_\mathrm{data}$", REAL_LINE), (p_g, r"$p_g$", FAKE_LINE)):
        top.plot(x, density, label=name, **style)
        top.fill_between(np.asarray(x), np.asarray(density), color=style["color"], alpha=0.12)
    label(top, y="density", legend=False)
    top.set_ylim(bottom=0)
    for (name, values), style in zip(d.items(), (D_LINE, *OTHER_LINES), strict=False):
        bottom.plot(x, values, label=name, **style)
    bottom.axhline(0.5, color="0.6", linewidth=1)
    label(bottom, x="x", y="D(x): share real", legend=False)
    bottom.set(ylim=(-0.04, 1.04), yticks=[0, 0.5, 1])
    for axis in (top, bottom):  # beside the panel, where no curve can run through it
        axis.legend(frameon=False, fontsize=10, loc="upper left", bbox_to_anchor=(1, 1))
