"""The playground as a still picture, for a notebook that is opened without a kernel."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.plots.points import OPINION
from coursekit.plots.style import D_LINE, FAKE_LINE, OTHER_LINES, label, new_figure
from coursekit.widgets.playground.engine import Engine
from coursekit.widgets.playground.frames import Frame, Views, curves, frame_now, in_words
from coursekit.widgets.playground.sources import EXTENT


def draw(engine: Engine, views: Views) -> Figure:
    """The plane with all that the views show; once a step is made, losses and distances on its right."""
    figure = new_figure(9 if engine.n else 5.2, 4.4)
    shape = {"ncols": 2, "width_ratios": [1.15, 1]} if engine.n else {"ncols": 1}
    grid = figure.add_gridspec(2, **shape)
    draw_plane(figure, figure.add_subplot(grid[:, 0]), frame_now(engine, views))
    figure.suptitle(in_words(engine, engine.measure()), fontsize=11 if engine.n else 8.5, x=0.01, ha="left")
    if engine.n:
        draw_curves(figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1]), curves(engine))
    return figure


def draw_curves(losses: Axes, distances: Axes, told: dict) -> None:
    """The losses of each step, and below them the two distances where they were measured."""
    for axis, rows, names, styles in (
        (losses, told["losses"], ("loss of D", "loss of G"), (D_LINE, FAKE_LINE)),
        (distances, told["distances"], ("JS divergence (nats)", "Wasserstein distance"), OTHER_LINES),
    ):
        for column, name, style in zip((1, 2), names, styles, strict=False):
            axis.plot(rows[:, 0], rows[:, column], label=name, **style)
        label(axis, "step")


def draw_plane(figure: Figure, axis: Axes, shown: Frame) -> None:
    """Map, warped grid, points and arrows of a frame on the plane."""
    arrays, square = shown.arrays, (-EXTENT, EXTENT, -EXTENT, EXTENT)
    if "map" in arrays:
        shades = {"cmap": OPINION, "vmin": 0, "vmax": 1, "alpha": 0.6, "interpolation": "bilinear"}
        image = axis.imshow(arrays["map"].numpy(), origin="lower", extent=square, **shades)
        bar = figure.colorbar(image, ax=axis, ticks=[0, 0.5, 1], label=shown.bar["title"])
        low, middle, high = (shown.bar[end] for end in ("low", "middle", "high"))
        bar.ax.set_yticklabels([f"{low} fake", middle, f"{high} real"])
    if "manifold" in arrays:
        net = arrays["manifold"]
        for lines in (net, net.transpose(0, 1)):
            for line in lines:
                axis.plot(line[:, 0], line[:, 1], color="0.25", linewidth=0.5)
    for name, color, marker in (("real", "#00446b", "o"), ("fake", "#8a3c00", "^")):
        if name in arrays:
            x, y = arrays[name].T
            axis.plot(
                x, y, marker, color=color, markersize=3.5, markeredgecolor="white", markeredgewidth=0.4, label=name
            )
    if "arrows" in arrays:
        x, y, dx, dy = arrays["arrows"].T
        axis.quiver(x, y, dx, dy, angles="xy", scale_units="xy", scale=1, width=0.003, color="black")
    label(axis, "x", "y", legend=False)
    axis.grid(False)
    axis.set(xlim=square[:2], ylim=square[2:], aspect="equal")
    if axis.get_legend_handles_labels()[0]:
        axis.legend(loc="upper left", fontsize=8, markerscale=1.5)
