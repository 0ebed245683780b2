"""Pictures of lecture 04: the panels of Figure 1 of Goodfellow et al. 2014."""

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from coursekit.plots.style import D_LINE, FAKE_LINE, REAL_LINE, label, new_figure


@dataclass(frozen=True)
class Moment:
    """A one-dimensional GAN at one moment: p_g and D on a grid of x (n,), and a few z (m,) with their G(z) (m,)."""

    p_g: Tensor
    d: Tensor
    z: Tensor
    gz: Tensor


def one_moment(x: Tensor, p_data: Tensor, moment: Moment, title: str = "") -> Figure:
    """Densities and D above, the arrows from z to x = G(z) below: one frame of an animation."""
    figure = new_figure(4.8, 3.4)
    draw_moment(*figure.subplots(2, 1, sharex=True, height_ratios=[5, 2]), x, p_data, moment, title)
    figure.axes[0].legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def panels(x: Tensor, p_data: Tensor, moments: Mapping[str, Moment]) -> Figure:
    """Moments (title -> moment) side by side, as in the paper."""
    figure = new_figure(8.6, 3.2)
    rows = figure.subplots(2, len(moments), sharex=True, sharey="row", height_ratios=[5, 2], squeeze=False)
    for top, bottom, (title, moment) in zip(*rows, moments.items(), strict=True):
        draw_moment(top, bottom, x, p_data, moment, title)
        top.set_ylabel("")
    handles, names = rows[0][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def draw_moment(top: Axes, bottom: Axes, x: Tensor, p_data: Tensor, moment: Moment, title: str) -> None:
    """Draw p_data, p_g and D on `top`; on `bottom`, an arrow from each z (lower edge) to its G(z) (upper edge)."""
    top.plot(x, p_data, label="$p_{data}$", **REAL_LINE)
    top.plot(x, moment.p_g, label="$p_g$", **FAKE_LINE)
    top.plot(x, moment.d, label="D(x)", **D_LINE)
    top.axhline(0.5, color="0.6", linewidth=1, linestyle=":")
    label(top, y="density; D", title=title, legend=False)
    low, high = float(x[0]), float(x[-1])
    top.set(xlim=(low, high), ylim=(0, 1.04), yticks=[0, 0.5, 1])
    spread = 0.6 * (high - low) / 2  # z fills this part of the lower edge, so that arrows fan out
    feet = moment.z * spread + (low + high) / 2
    for foot, head in zip(feet.tolist(), moment.gz.tolist(), strict=True):
        style = {"arrowstyle": "-|>", "color": FAKE_LINE["color"], "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
        bottom.annotate("", (head, 1), (foot, 0), arrowprops=style, annotation_clip=False)
    bottom.plot(feet, [0] * len(feet), color="0.4", linewidth=2)
    label(bottom, x="z below, x = G(z) above", legend=False)
    bottom.set(xlim=(low, high), ylim=(0, 1), yticks=[])
    bottom.grid(False)
