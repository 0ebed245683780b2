"""Pictures for super-resolution: the plane of distortion and perception."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from coursekit.plots.style import BLUE, ORANGE, label, new_figure

MARKS = {"bicubic": ("s", "black"), "SRResNet": ("o", BLUE), "SRGAN": ("^", ORANGE)}


def trade_off(rows: Sequence[Mapping], x: str = "psnr", y: str = "perceptual") -> Figure:
    """Each row a small mark at (row[x], row[y]); a large one at the mean of each arm and weight; SRGAN's joined.

    Rows have `arm` ("bicubic", "SRResNet" or "SRGAN"), `weight` and the two figures. SRGAN's means carry their weight.
    """
    figure = new_figure(7, 3.6)
    axis = figure.subplots()
    means: dict[tuple[str, float], tuple[float, float]] = {}
    for key in dict.fromkeys((row["arm"], row["weight"]) for row in rows):
        found = [row for row in rows if (row["arm"], row["weight"]) == key]
        means[key] = tuple(sum(row[name] for row in found) / len(found) for name in (x, y))
        marker, color = MARKS[key[0]]
        axis.plot([r[x] for r in found], [r[y] for r in found], marker, color=color, markersize=4, alpha=0.5)
    for arm, (marker, color) in MARKS.items():
        points = [mean for (name, _), mean in means.items() if name == arm]
        axis.plot(*zip(*points, strict=True), marker + "--", color=color, markersize=9, label=arm)
    weights = [(weight, place) for (arm, weight), place in means.items() if arm == "SRGAN"]
    for k, (weight, place) in enumerate(weights):  # above and below by turns: near ones stay legible
        how = {"textcoords": "offset points", "ha": "center", "va": "center", "fontsize": 9}
        axis.annotate(f"{weight:g}", place, (0, -13 if k % 2 else 13), **how)
    label(axis, x="PSNR, dB (right: less distortion)", y="perceptual distance, %\n(down: looks more real)")
    return figure
