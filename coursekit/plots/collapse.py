"""Pictures of lecture 06: generated points over the circles that count, and modes held while training."""

from collections.abc import Mapping

import matplotlib.patches as patches
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from coursekit.plots.style import FAKE_DOTS, REAL_COLOR, label, new_figure


def draw_cloud(axis: Axes, samples: Tensor, centers: Tensor, radius: float, extent: float, title: str) -> None:
    """Draw samples (n, 2) over a circle of `radius` around each centre: a sample inside a circle is good."""
    for center in centers.tolist():
        axis.add_patch(patches.Circle(center, radius, facecolor="white", edgecolor=REAL_COLOR, linewidth=1.5))
    x, y = samples.detach().float().cpu().T.numpy()
    axis.plot(x, y, markersize=2.5, alpha=0.7, markeredgewidth=0, **FAKE_DOTS)
    label(axis, title=title, legend=False)
    axis.grid(False)
    axis.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal", xticks=[], yticks=[])


def clouds(
    samples: Mapping[str, Tensor], centers: Tensor, radius: float, extent: float = 3.0, panel: float = 2.2
) -> Figure:
    """Clouds (title -> samples) side by side, each in a square panel of `panel` inches."""
    figure = new_figure(panel * len(samples), panel + 0.3)
    axes = figure.subplots(1, len(samples), squeeze=False)[0]
    for axis, (title, points) in zip(axes, samples.items(), strict=True):
        draw_cloud(axis, points, centers, radius, extent, title)
    return figure
