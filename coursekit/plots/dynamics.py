"""Pictures of games with two numbers: arrows, paths, eigenvalues, and maps of learning rates."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from coursekit.plots.lines import LINES
from coursekit.plots.points import OPINION
from coursekit.plots.style import label, new_figure

Velocity = Callable[[Tensor], Tensor]  # as in coursekit.dynamics, which exercises may not import
FAR = 1e6  # beyond this a path is cut off: it has left every window
MARKS = ("o", "^", "s", "D")


def draw_field(axis: Axes, velocity: Velocity, low: float, high: float, names: tuple[str, str], n: int = 15) -> None:
    """Draw on a square panel from `low` to `high` in which direction, and how fast, both players move.

    The longest arrow is one grid step; the others are shorter in proportion to the square root of their speed, so that
    slow places still show a direction.
    """
    at = torch.linspace(low, high, n, dtype=torch.float64)
    x, y = torch.meshgrid(at, at, indexing="xy")
    arrows = velocity(torch.stack([x, y], -1))
    speed = arrows.norm(dim=-1, keepdim=True)
    arrows = arrows / speed.clamp(min=1e-12).sqrt() / speed.max().sqrt()
    style = {"color": "0.72", "angles": "xy", "scale_units": "xy", "pivot": "mid", "width": 0.005}
    axis.quiver(x, y, arrows[..., 0], arrows[..., 1], scale=(n - 1) / (high - low), **style)
    label(axis, *names, legend=False)
    axis.grid(False)
    margin = 0.03 * (high - low)
    axis.set(xlim=(low - margin, high + margin), ylim=(low - margin, high + margin), aspect="equal")


def draw_path(axis: Axes, path: Tensor, style: Mapping[str, object], name: str = "") -> None:
    """Draw a path (n, 2) from a square to a triangle, with a dot for each step if there are at most 60."""
    path = near(path)
    dots = {"marker": "o", "markersize": 4} if len(path) <= 61 else {}
    axis.plot(*path.T, label=name or None, **{**style, "linewidth": 1.4}, **dots)
    axis.plot(*path[0], "s", color="black", markersize=8, fillstyle="none")
    last = path[np.isfinite(path).all(1)][-1]
    axis.plot(*last, "^", color=style["color"], markersize=8, markeredgecolor="black")


def draw_equilibria(axis: Axes, equilibria: Sequence[tuple[float, float]]) -> None:
    """Mark equilibria by black stars."""
    for point in equilibria:
        axis.plot(*point, "*", color="black", markersize=12, zorder=3)


def near(path: Tensor) -> np.ndarray:
    """The path as an array, with nan for states beyond FAR."""
    path = path.numpy().copy()
    path[~(np.abs(path) < FAR).all(-1)] = np.nan
    return path


def fields(panels: Sequence[Mapping[str, object]], width: float = 7.0) -> Figure:
    """One square panel for each mapping: velocity, low, high, names, title, equilibria, and paths (name -> (n, 2))."""
    figure = new_figure(width, width / len(panels) + 0.3)
    for axis, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        draw_field(axis, panel["velocity"], panel["low"], panel["high"], panel["names"])
        for (name, path), style in zip(panel["paths"].items(), LINES * 3, strict=False):
            draw_path(axis, path, style, name)
        draw_equilibria(axis, panel["equilibria"])
        axis.set_title(panel["title"], fontsize=11, loc="left")
    return figure


def race(paths: Mapping[str, Tensor], n: int, extent: float, names: tuple[str, str] = ("theta", "psi")) -> Figure:
    """The first n steps of several paths: on the left where they are, on the right their distance from (0, 0)."""
    figure = Figure(figsize=(7, 3.2), dpi=100)  # fixed margins: frames of one film must not shift
    left, right = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.92, wspace=0.25)
    n_steps = max(len(path) for path in paths.values()) - 1
    for (name, path), style, mark in zip(paths.items(), LINES, MARKS, strict=False):
        done = near(path[: n + 1])
        left.plot(*done.T, **{**style, "linewidth": 1.2})
        left.plot(*done[-1], marker=mark, color=style["color"], markersize=8, markeredgecolor="black")
        right.plot(np.linalg.norm(done, axis=1), label=name, **style)
    draw_equilibria(left, [(0, 0)])
    label(left, *names, f"step {n}", legend=False)
    left.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal")
    label(right, "step", "distance from the equilibrium", legend=False)
    right.set(xlim=(0, n_steps), ylim=(1e-3, 20), yscale="log")
    right.set_yticks([0.001, 0.01, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])  # powers take twice the time
    right.minorticks_off()
    right.legend(frameon=False, fontsize=9, loc="lower right")
    return figure


def spectrum(eigenvalues: Mapping[str, Tensor], lr: float, window: tuple[float, float, float]) -> Figure:
    """Eigenvalues (n, 2), complex, of a velocity for several settings, and the disc where |1 + lr e| < 1.

    The window is left, right, and half of the height; `eigenvalues` maps a name to the pairs of one line.
    """
    figure = new_figure(7, 3.4)
    axis = figure.subplots()
    angle = np.linspace(0, 2 * np.pi, 400)
    disc = (-1 + np.cos(angle)) / lr, np.sin(angle) / lr
    axis.fill(*disc, color="0.93")
    name = f"inside: steps of size {lr:g}\nthat are taken at once\ncome nearer"
    axis.plot(*disc, color="0.5", linewidth=1, label=name)
    axis.axvline(0, color="0.5", linestyle=":", linewidth=1)
    for (name, pairs), mark, style in zip(eigenvalues.items(), MARKS, LINES, strict=False):
        flat = pairs.flatten()
        axis.plot(flat.real, flat.imag, mark, color=style["color"], markersize=8, label=name)
    label(axis, "real part: dying out", "imaginary part: turning", legend=False)
    axis.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    axis.set(xlim=window[:2], ylim=(-window[2], window[2]), aspect="equal")
    return figure


def rate_maps(maps: Mapping[str, np.ndarray], rates: Tensor, borders: Mapping[str, tuple], words: Mapping) -> Figure:
    """Two rows of maps over the rates (n,) of G (across) and D (up): log10 of end distance / start distance, (n, n).

    `maps` maps a title to values with D's rate in rows. `borders` gives for a title the curve (x, y) where the closed
    form has spectral radius 1, `words` a list of (x, y, text) to write into the map.
    """
    figure, rates = new_figure(7, 6), rates.numpy()
    axes = figure.subplots(2, -(-len(maps) // 2), sharex=True, sharey=True, squeeze=False)
    for axis, (title, values) in zip(axes.flat, maps.items(), strict=True):
        picture = axis.pcolormesh(rates, rates, -np.clip(values, -2, 2), cmap=OPINION, vmin=-2, vmax=2, alpha=0.75)
        picture.set_rasterized(True)
        if title in borders:
            axis.plot(*borders[title], color="black", linewidth=1.5)
        for x, y, text in words.get(title, ()):
            axis.text(x, y, text, ha="center", va="center", fontsize=9)
        axis.set(xscale="log", yscale="log", aspect="equal")
        axis.set(xlim=(rates[0], rates[-1]), ylim=(rates[0], rates[-1]))
        axis.set_title(title, fontsize=11, loc="left")
    for axis in axes[-1]:
        axis.set_xlabel("learning rate of G")
    for axis in axes[:, 0]:
        axis.set_ylabel("learning rate of D")
    return figure
