"""Drawings that explain a construction."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from coursekit.plots.style import D_COLOR, FAKE_COLOR, REAL_COLOR, new_figure


def box(axis: Axes, x: float, y: float, text: str, color: str, width: float = 1.7) -> None:
    """A rounded box centred on (x, y), 0.8 high, with a text in it."""
    corner = (x - width / 2, y - 0.4)
    axis.add_patch(
        FancyBboxPatch(corner, width, 0.8, "round,pad=0.05", facecolor="white", edgecolor=color, linewidth=2)
    )
    axis.text(x, y, text, ha="center", va="center", fontsize=11)


def arrow(axis: Axes, start: tuple, end: tuple, text: str = "", color: str = "0.3", dashed: bool = False, bend=0.0):
    """An arrow from start to end, bent sideways by `bend`, with a text at its middle."""
    style = {"arrowstyle": "-|>", "mutation_scale": 16, "color": color, "linewidth": 1.8}
    line = "--" if dashed else "-"
    axis.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", linestyle=line, **style))
    if text:
        axis.text((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 0.14, text, ha="center", va="bottom", fontsize=10)


def game_diagram() -> Figure:
    """The generator, the discriminator, and what flows between them."""
    figure = new_figure(7.5, 3.2)
    axis = figure.subplots()
    box(axis, 0.9, 1.0, "noise z", "0.5", 1.3)
    box(axis, 3.4, 1.0, "G: forger", FAKE_COLOR)
    box(axis, 3.4, 2.8, "real data", REAL_COLOR)
    box(axis, 6.6, 1.9, "D: detective", D_COLOR, 2.0)
    box(axis, 9.2, 1.9, "score", "0.5", 1.2)
    arrow(axis, (1.6, 1.0), (2.5, 1.0))
    arrow(axis, (4.35, 1.1), (5.5, 1.7), "fake", FAKE_COLOR)
    arrow(axis, (4.35, 2.7), (5.5, 2.1), "real", REAL_COLOR)
    arrow(axis, (7.7, 1.9), (8.5, 1.9))
    arrow(axis, (9.2, 2.4), (6.6, 2.4), color=D_COLOR, dashed=True, bend=0.35)
    axis.text(7.9, 3.15, "D learns: real high, fake low", ha="center", fontsize=10, color=D_COLOR)
    arrow(axis, (9.2, 1.4), (3.4, 0.5), color=FAKE_COLOR, dashed=True, bend=-0.28)
    axis.text(7.6, 0.05, "G learns: fake high", ha="center", fontsize=10, color=FAKE_COLOR)
    axis.set(xlim=(0, 10), ylim=(-0.2, 3.5))
    axis.axis("off")
    return figure
