"""The picture of lecture 15: quality against diversity, models as points and a temperature sweep as a line."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from coursekit.plots.style import OTHER_LINES, PURPLE, REAL_COLOR, label, new_figure

Point = tuple[float, float]
MARKERS = ("^", "s", "D", "v")  # one a model, as colours alone would not do


def trade_off(
    sweep: Mapping[float, Point], models: Mapping[str, Sequence[Point]], entropy: float, extent: float | None = None
) -> Figure:
    """Oracle NLL (across) and test NLL (up) of a model at several temperatures, joined, and of up to four others.

    `sweep` maps a temperature to its point; each of `models` has a point a seed. The cross is the oracle itself, at
    its entropy on both axes. Points above `extent` are left out of the picture; the axis says where it ends.
    """
    if len(models) > len(MARKERS):
        raise ValueError(f"{len(models)} models: at most {len(MARKERS)} differ in their markers")
    figure = new_figure(6.5, 3.6)
    axis = figure.subplots()
    axis.plot(*zip(*sweep.values(), strict=True), marker=".", label="likelihood, colder and colder", **OTHER_LINES[0])
    for temperature, place in sweep.items():
        axis.annotate(f"{temperature:g}", place, (4, 4), textcoords="offset points", fontsize=8)
    for (name, points), marker in zip(models.items(), MARKERS, strict=False):
        x, y = zip(*points, strict=True)
        axis.plot(x, y, marker, color=PURPLE, markersize=7, markeredgecolor="white", label=name)
    axis.plot([entropy], [entropy], "P", color=REAL_COLOR, markersize=11, label="the oracle itself")
    label(axis, x="oracle NLL: lower is better text", y="test NLL: lower is more of it")
    if extent is not None:
        axis.set_ylim(top=extent)
    return figure
