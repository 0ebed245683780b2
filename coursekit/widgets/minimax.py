"""Sliders that move p_data and p_g and show D*, V(D*) and the Jensen-Shannon divergence (lecture 03)."""

import math
from dataclasses import dataclass, fields

import torch
from matplotlib.figure import Figure
from torch import Tensor

from coursekit import theory
from coursekit.plots.densities import draw_densities
from coursekit.plots.style import D_COLOR, label, png
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored, slider

X = torch.linspace(-16, 20, 1801, dtype=torch.float64)  # 4 sd beyond the ends of the sliders
DX = float(X[1] - X[0])
SHIFT = 4.0  # the second bump of each density sits this far to the right of the first


@dataclass(frozen=True)
class Settings:
    """Two mixtures of two normals: mean of the first bump, sd of both, share of the second, 4 to the right."""

    data_mean: float = 0.0
    data_sd: float = 1.0
    data_second: float = 0.0
    fake_mean: float = 1.5
    fake_sd: float = 0.7
    fake_second: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What the settings lead to: three curves on the grid X, and two numbers in nats."""

    p_data: Tensor
    p_g: Tensor
    d: Tensor
    value: float
    jsd: float


RANGES = {  # name on the slider, lowest, highest, step
    "data_mean": ("real: mean", -3.0, 3.0, 0.1),
    "data_sd": ("real: sd", 0.3, 3.0, 0.05),
    "data_second": ("real: second bump", 0.0, 1.0, 0.05),
    "fake_mean": ("fake: mean", -3.0, 3.0, 0.1),
    "fake_sd": ("fake: sd", 0.3, 3.0, 0.05),
    "fake_second": ("fake: second bump", 0.0, 1.0, 0.05),
}


def compute(settings: Settings) -> Outcome:
    """The densities, the optimal discriminator, its value and the divergence for these settings."""
    p_data = _two_bumps(settings.data_mean, settings.data_sd, settings.data_second)
    p_g = _two_bumps(settings.fake_mean, settings.fake_sd, settings.fake_second)
    value = theory.virtual_training_criterion(p_data, p_g, DX)
    jsd = theory.js_divergence(p_data * DX, p_g * DX)
    return Outcome(p_data, p_g, theory.optimal_discriminator(p_data, p_g), float(value), float(jsd))


def _two_bumps(mean: float, sd: float, second: float) -> Tensor:
    return theory.mixture_pdf(X, [mean, mean + SHIFT], [sd, sd], [1 - second, second])


def draw(outcome: Outcome) -> Figure:
    """The densities, D* below them, and a gauge of V(D*) between its bounds -log 4 and 0."""
    figure = Figure(figsize=(8, 4), dpi=100)  # fixed margins: a layout engine would double the 0.1 s that a move costs
    grid = figure.add_gridspec(
        2, 2, width_ratios=[6, 1], height_ratios=[3, 2], left=0.08, right=0.98, bottom=0.12, top=0.92, wspace=0.6
    )
    top = figure.add_subplot(grid[0, 0])
    bottom = figure.add_subplot(grid[1, 0], sharex=top)
    draw_densities(top, bottom, X, outcome.p_data, outcome.p_g, {r"$D^*$": outcome.d})
    top.set(xlim=(-7, 11))
    top.set_title(f"V(D*) = {outcome.value:.3f}    JSD = {abs(outcome.jsd):.3f} nats", fontsize=12, loc="left")
    gauge = figure.add_subplot(grid[:, 1])
    gauge.bar([0], [outcome.value + math.log(4)], bottom=-math.log(4), color=D_COLOR, width=0.6)
    label(gauge, y="V(D*) in nats")
    gauge.set(xticks=[], xlim=(-0.5, 0.5), ylim=(-math.log(4), 0))
    gauge.set_yticks([-math.log(4), -1, -0.5, 0], ["-log 4", "-1", "-0.5", "0"])
    return figure


class MinimaxExplorer:
    """Six sliders for p_data and p_g, and the game they make, drawn anew at each move.

    `settings` and `outcome` hold what is shown; `sliders` maps each field of `Settings` to its slider.
    """

    sentence = "Sliders that move p_data and p_g and show the optimal discriminator: run the cell to use them."

    def __init__(self, settings: Settings | None = None):
        from ipywidgets import HBox, Image, Layout, VBox

        settings = settings or Settings()
        self.sliders = {
            field.name: slider(RANGES[field.name][0], getattr(settings, field.name), *RANGES[field.name][1:])
            for field in fields(Settings)
        }
        self.picture = Image(format="png", layout=Layout(width="800px", max_width="100%"))  # else it is stretched
        halves = [[s for name, s in self.sliders.items() if name.startswith(side)] for side in ("data", "fake")]
        self.aria = Aria()
        self.view = VBox([HBox([VBox(half) for half in halves]), self.picture, self.aria])
        for one in self.sliders.values():
            one.observe(self._update, names="value")
        self._update()

    def _update(self, change: dict | None = None) -> None:
        self.settings = Settings(**{name: one.value for name, one in self.sliders.items()})
        self.outcome = compute(self.settings)
        self.picture.value = png(draw(self.outcome))
        self.aria.words = f"V(D*) is {self.outcome.value:.3f}, the JSD {abs(self.outcome.jsd):.3f} nats"

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
