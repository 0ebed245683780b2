"""Pictures of two-dimensional GANs: points, the discriminator's opinion as a map, and a film while training."""

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor, nn

from coursekit.plots.style import FAKE_COLOR, FAKE_DOTS, REAL_COLOR, REAL_DOTS, label, new_figure

OPINION = LinearSegmentedColormap.from_list("opinion", [FAKE_COLOR, "white", REAL_COLOR])  # D says fake ... real
MAP_ALPHA = 0.45


def probability_map(D: nn.Module, extent: float, n: int = 60) -> np.ndarray:
    """sigmoid(D) on an n x n grid over [-extent, extent]^2, rows from low to high y: values in [0, 1]."""
    device = next(D.parameters()).device
    axis = torch.linspace(-extent, extent, n, device=device)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    with torch.no_grad():
        scores = D(torch.stack([x.flatten(), y.flatten()], 1))
    return torch.sigmoid(scores).reshape(n, n).float().cpu().numpy()


def draw_points(axis: Axes, real: Tensor, fake: Tensor, extent: float, opinion: np.ndarray | None = None) -> None:
    """Draw real and fake points (n, 2) on `axis`, over D's probability map where one is given."""
    if opinion is not None:
        square = (-extent, extent, -extent, extent)
        axis.imshow(opinion, origin="lower", extent=square, cmap=OPINION, vmin=0, vmax=1, alpha=MAP_ALPHA)
    for points, name, style in ((real, "real", REAL_DOTS), (fake, "fake", FAKE_DOTS)):
        x, y = points.detach().float().cpu().T.numpy()
        axis.plot(x, y, label=name, markersize=3, alpha=0.6, **style)
    label(axis, "x", "y", legend=False)
    axis.grid(False)
    axis.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal")


def points(
    real: Tensor, fake: Tensor, extent: float, title: str = "", opinion: np.ndarray | None = None, width: float = 5.0
) -> Figure:
    """One square panel of real and fake points, `width` inches wide, with D's opinion as the background if given."""
    figure = new_figure(width, 0.72 * width)
    axis = figure.subplots()
    draw_points(axis, real, fake, extent, opinion)
    axis.set_title(title, fontsize=11, loc="left")
    shades = [("D says real", 1.0), ("cannot tell", 0.5), ("D says fake", 0.0)] if opinion is not None else []
    patches = [Patch(facecolor=OPINION(value), alpha=MAP_ALPHA, edgecolor="0.6", label=name) for name, value in shades]
    handles = [*axis.get_legend_handles_labels()[0], *patches]
    axis.legend(handles=handles, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=9, markerscale=2)
    return figure
