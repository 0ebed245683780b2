"""One Gaussian q against a p_data of two modes: both KL divergences and JSD while q moves (lecture 02)."""

import math
from dataclasses import dataclass, fields
from functools import lru_cache

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from coursekit import theory
from coursekit.plots.style import FAKE_LINE, OTHER_LINES, REAL_LINE, SKY, label, png
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored, slider

X = torch.linspace(-16, 16, 801, dtype=torch.float64)  # wide enough for the widest q at the end of its slider
DX = float(X[1] - X[0])
MODE_SD = 0.6
TOP = 3.0  # nats; the bars end here, the figures above them go on
MOVES = ("mean", "sd")  # the settings of q; the others are p_data's
FORWARD, REVERSE, JSD = "KL(p || q)", "KL(q || p)", "JSD"
BEST_LINES = dict(zip((FORWARD, REVERSE), OTHER_LINES, strict=False))


@dataclass(frozen=True)
class Settings:
    """Mean and sd of q; how far apart the two modes of p_data are, and the right one's share of its mass."""

    mean: float = 0.0
    sd: float = 1.0
    distance: float = 4.0
    share: float = 0.4


@dataclass(frozen=True)
class Outcome:
    """The densities on the grid X, three divergences in nats, and for each KL the best (mean, sd) and its value."""

    p: Tensor
    q: Tensor
    divergences: dict[str, float]
    best: dict[str, tuple[float, float, float]]


RANGES = {  # name on the slider, lowest, highest, step
    "mean": ("q: mean", -4.0, 4.0, 0.1),
    "sd": ("q: sd", 0.3, 4.0, 0.1),
    "distance": ("p: distance of modes", 0.0, 6.0, 0.5),
    "share": ("p: share of right mode", 0.1, 0.9, 0.1),
}


def compute(settings: Settings) -> Outcome:
    """The divergences between p_data and this q, and the q's on the sliders' grid that would be best for each KL."""
    log_p = log_modes(settings.distance, settings.share)
    log_q = log_normal(*torch.tensor([settings.mean, settings.sd], dtype=torch.float64))
    forward, reverse = (float(value) for value in both_kl(log_p, log_q))
    jsd = float(theory.js_divergence(log_p.exp() * DX, log_q.exp() * DX))
    best = best_fits(settings.distance, settings.share)
    return Outcome(log_p.exp(), log_q.exp(), {FORWARD: forward, REVERSE: reverse, JSD: jsd}, best)


def log_normal(mean: Tensor, sd: Tensor) -> Tensor:
    """log N(X; mean, sd^2), shape (*mean.shape, 801): in logs, since 40 sd away the density itself rounds to 0."""
    return -(((X - mean[..., None]) / sd[..., None]) ** 2) / 2 - torch.log(sd[..., None] * math.sqrt(2 * math.pi))


def log_modes(distance: float, share: float) -> Tensor:
    """log p_data on X: a mode at -distance / 2 and one at +distance / 2, the right one with `share` of the mass."""
    means = torch.tensor([-distance / 2, distance / 2], dtype=torch.float64)
    log_shares = torch.tensor([1 - share, share], dtype=torch.float64).log()
    return torch.logsumexp(log_shares[:, None] + log_normal(means, torch.full_like(means, MODE_SD)), 0)


def both_kl(log_p: Tensor, log_q: Tensor) -> tuple[Tensor, Tensor]:
    """KL(p || q) and KL(q || p) in nats from log densities on X; one value for each q of log_q (..., 801)."""
    gap = log_p - log_q
    return (log_p.exp() * gap).sum(-1) * DX, -(log_q.exp() * gap).sum(-1) * DX


@lru_cache(maxsize=8)
def best_fits(distance: float, share: float) -> dict[str, tuple[float, float, float]]:
    """For each direction the best (mean, sd) among all positions of the sliders, and its divergence in nats."""
    ranges = [RANGES[name][1:] for name in MOVES]
    means, sds = (torch.arange(low, high + step / 2, step, dtype=torch.float64) for low, high, step in ranges)
    mean, sd = (grid.flatten() for grid in torch.meshgrid(means, sds, indexing="ij"))
    both = both_kl(log_modes(distance, share), log_normal(mean, sd))
    lowest = {name: (values, int(values.argmin())) for name, values in zip((FORWARD, REVERSE), both, strict=True)}
    return {name: (float(mean[i]), float(sd[i]), float(values[i])) for name, (values, i) in lowest.items()}


def draw(outcome: Outcome) -> Figure:
    """The densities with the best q of each direction, and beside them the three divergences as bars."""
    figure = Figure(figsize=(8, 3.6), dpi=100)  # fixed margins, as in the minimax explorer: a move must not wait
    grid = figure.add_gridspec(1, 2, width_ratios=[5, 3], left=0.07, right=0.98, bottom=0.13, top=0.83, wspace=0.25)
    draw_densities(figure.add_subplot(grid[0]), outcome)
    draw_bars(figure.add_subplot(grid[1]), outcome)
    return figure


def draw_densities(axis: Axes, outcome: Outcome) -> None:
    axis.plot(X, outcome.p, label=r"$p_{data}$", **REAL_LINE)
    axis.plot(X, outcome.q, label="q", **FAKE_LINE)
    for name, (mean, sd, _) in outcome.best.items():
        curve = theory.normal_pdf(X, mean, sd)
        axis.plot(X, curve, label=f"best for {name}", **{**BEST_LINES[name], "linewidth": 1.3})
    axis.set(xlim=(-6.5, 6.5), ylim=(0, max(0.75, 1.05 * float(outcome.q.max()))))
    label(axis, "x", "density", legend=False)
    axis.legend(frameon=False, fontsize=10, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))  # above all curves


def draw_bars(axis: Axes, outcome: Outcome) -> None:
    for place, (name, value) in enumerate(outcome.divergences.items()):
        axis.bar([place], [min(value, TOP)], color=SKY, width=0.6)
        axis.text(place, min(value, TOP) + 0.04, f"{abs(value):.3f}", ha="center", fontsize=11)
        if name in outcome.best:
            axis.plot([place - 0.4, place + 0.4], 2 * [min(outcome.best[name][2], TOP)], color="black", linestyle=":")
    axis.axhline(math.log(2), color="0.5", linewidth=1)
    axis.text(2.45, math.log(2) + 0.03, "log 2", ha="right", color="0.4", fontsize=9)
    axis.set_xticks(range(3), outcome.divergences)
    axis.set(ylim=(0, TOP + 0.3), xlim=(-0.5, 2.5))
    label(axis, y="nats (dotted: lowest possible)", legend=False)


class KLExplorer:
    """Four sliders, two for q and two for p_data, and the divergences between them, drawn anew at each move.

    `settings` and `outcome` hold what is shown; `sliders` maps each field of `Settings` to its slider.
    """

    sentence = "Sliders that move q against two modes and show both KL divergences: run the cell to use them."

    def __init__(self, settings: Settings | None = None):
        from ipywidgets import HBox, Image, VBox

        settings = settings or Settings()
        self.sliders = {
            field.name: slider(RANGES[field.name][0], getattr(settings, field.name), *RANGES[field.name][1:])
            for field in fields(Settings)
        }
        self.picture = Image(format="png")
        of_q = [self.sliders[name] for name in MOVES]
        of_p = [one for name, one in self.sliders.items() if name not in MOVES]
        self.aria = Aria()
        self.view = VBox([HBox([VBox(of_q), VBox(of_p)]), self.picture, self.aria])
        for one in self.sliders.values():
            one.observe(self._update, names="value")
        self._update()

    def _update(self, change: dict | None = None) -> None:
        self.settings = Settings(**{name: one.value for name, one in self.sliders.items()})
        self.outcome = compute(self.settings)
        self.picture.value = png(draw(self.outcome))
        told = (f"{name} is {nats:.3f} nats" for name, nats in self.outcome.divergences.items())
        self.aria.words = ", ".join(told)

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
