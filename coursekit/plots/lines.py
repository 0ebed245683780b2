"""Line charts: one quantity or several over one axis, with levels to compare them with."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from coursekit.plots.style import D_LINE, OTHER_LINES, label

LINES = (D_LINE, *OTHER_LINES)
LEVELS = ({"color": "black", "linestyle": (0, (1, 2))}, {"color": "0.5", "linestyle": "-."})
NO_LEVELS: Mapping[str, float] = {}


def draw_lines(axis: Axes, x, lines: Mapping[str, object], x_name: str, y_name: str, levels=NO_LEVELS) -> None:
    """Draw up to four lines (name -> values at each x) and two horizontal levels (name -> value) on one panel."""
    if len(lines) > len(LINES) or len(levels) > len(LEVELS):
        raise ValueError(f"{len(lines)} lines and {len(levels)} levels: at most {len(LINES)} and {len(LEVELS)} differ")
    for (name, value), style in zip(levels.items(), LEVELS, strict=False):
        axis.axhline(value, label=name, linewidth=1.2, **style)
    for (name, values), style in zip(lines.items(), LINES, strict=False):
        axis.plot(x, values, label=name, **style)
    label(axis, x=x_name, y=y_name)
