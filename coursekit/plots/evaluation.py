"""Pictures of lecture 08: the balls that make precision and recall, and distances to the training set."""

from collections.abc import Mapping

import matplotlib.patches as patches
from matplotlib.figure import Figure
from torch import Tensor

from coursekit.metrics.precision_recall import distances, radii
from coursekit.plots.style import FAKE_COLOR, FAKE_LINE, OTHER_LINES, REAL_COLOR, REAL_LINE, label, new_figure


def balls(real: Tensor, fake: Tensor, k: int, extent: float = 3.0) -> Figure:
    """Points in the plane, real (n, 2) and fake (m, 2): fakes over the balls of the reals, and the other way round.

    A point within no ball is hollow. The share of filled ones is precision on the left and recall on the right.
    """
    figure = new_figure(7.0, 3.6)
    looks = {"real": (real, REAL_COLOR, "o"), "fake": (fake, FAKE_COLOR, "^")}
    for axis, (inner, outer) in zip(figure.subplots(1, 2), (("real", "fake"), ("fake", "real")), strict=True):
        (centers, color, _), (points, point_color, marker) = looks[inner], looks[outer]
        radius = radii(centers, k)
        for center, size in zip(centers.tolist(), radius.tolist(), strict=True):
            axis.add_patch(patches.Circle(center, size, facecolor=color, alpha=0.12, edgecolor="none"))
        inside = (distances(points, centers) <= radius).any(1)
        for chosen, face in ((inside, point_color), (~inside, "none")):
            x, y = points[chosen].T.numpy()
            axis.plot(x, y, marker, markersize=5, markerfacecolor=face, markeredgecolor=point_color)
        label(axis, title=f"{outer} points, balls of the {inner} ones", legend=False)
        axis.grid(False)
        axis.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal", xticks=[], yticks=[])
    return figure


def distance_histograms(groups: Mapping[str, Tensor], x_name: str, n_bins: int = 40) -> Figure:
    """Histograms of up to five groups of distances (n,), the first drawn as real and the second as fake."""
    figure = new_figure(6.5, 2.8)
    axis = figure.subplots()
    top = max(distances.max().item() for distances in groups.values())
    edges = [top * i / n_bins for i in range(n_bins + 1)]
    for (name, values), style in zip(groups.items(), (REAL_LINE, FAKE_LINE, *OTHER_LINES), strict=False):
        axis.hist(values.tolist(), edges, histtype="step", label=name, **style)
    label(axis, x=x_name, y="images")
    return figure
