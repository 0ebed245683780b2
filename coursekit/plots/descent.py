"""Pictures of learning: paths down a bowl, and how classifiers divide the plane."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from coursekit.plots.points import MAP_ALPHA, OPINION
from coursekit.plots.style import FAKE_DOTS, REAL_DOTS, label, new_figure


def bowl(paths: Mapping[str, Tensor], curvatures: tuple[float, float], extent: tuple[float, float]) -> Figure:
    """Paths (n, 2) over the level lines of (a x^2 + b y^2) / 2, one panel each, in a window of +-extent."""
    figure = new_figure(6.5, 1.4 * len(paths) + 0.3)
    axes = figure.subplots(len(paths), 1, sharex=True, squeeze=False)[:, 0]
    x, y = np.meshgrid(*(np.linspace(-end, end, 200) for end in extent))
    height = (curvatures[0] * x**2 + curvatures[1] * y**2) / 2
    for axis, (name, path) in zip(axes, paths.items(), strict=True):
        axis.contour(x, y, height, levels=height.max() * np.linspace(0.1, 1, 5) ** 2, colors="0.8", linewidths=0.8)
        axis.plot(*path.T.numpy(), "o-", color="black", markersize=3, linewidth=1)
        axis.plot(*path[0].numpy(), "s", color="black", markersize=8, fillstyle="none")
        axis.plot(0, 0, "*", color="black", markersize=12)
        label(axis, "x" if axis is axes[-1] else "", "y", name)
        axis.grid(False)
        axis.set(xlim=(-extent[0], extent[0]), ylim=(-extent[1], extent[1]))
    return figure


def decision_maps(
    maps: Mapping[str, np.ndarray], x: Tensor, labels: Tensor, extent: float = 2.0, title: str = "", width: float = 7.0
) -> Figure:
    """One panel for each map (n, n) of the probability of class 1 over [-extent, extent]^2, with the points x (n, 2).

    Points of class 1 are blue circles, of class 0 orange triangles; the line is where the probability is 1/2.
    """
    figure = new_figure(width, 0.52 * width)
    axes = figure.subplots(1, len(maps), sharey=True, squeeze=False)[0]
    square = (-extent, extent, -extent, extent)
    for axis, (name, probability) in zip(axes, maps.items(), strict=True):
        axis.imshow(probability, origin="lower", extent=square, cmap=OPINION, vmin=0, vmax=1, alpha=MAP_ALPHA)
        if probability.min() < 0.5 < probability.max():  # else there is no border to draw
            axis.contour(probability, levels=[0.5], extent=square, colors="black", linewidths=1.2)
        for value, style in ((1, REAL_DOTS), (0, FAKE_DOTS)):
            chosen = x[labels.flatten() == value]
            axis.plot(*chosen.T.numpy(), markersize=3, label=f"class {value}", **style)
        label(axis, "", "", name, legend=False)
        axis.grid(False)
        axis.set(aspect="equal", xlim=(-extent, extent), ylim=(-extent, extent))
    axes[0].legend(frameon=False, fontsize=8, loc="lower left", markerscale=1.5)
    figure.suptitle(title, fontsize=11)
    return figure
