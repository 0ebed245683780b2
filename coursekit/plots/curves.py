"""Loss curves of a game."""

import numpy as np
from matplotlib.figure import Figure

from coursekit.history import History
from coursekit.plots.style import D_COLOR, FAKE_COLOR, label, new_figure

UNDECIDED = {"d_loss": 2 * np.log(2), "g_loss": np.log(2)}  # nats, where D gives 1/2 to everything


def smoothed(values: np.ndarray, window: int) -> np.ndarray:
    """The running mean over `window` steps (n,) -> (n - window + 1,)."""
    return np.convolve(values, np.ones(window) / window, "valid")


def curves(history: History, window: int = 25, undecided: dict[str, float] = UNDECIDED) -> Figure:
    """Both losses of a run over its steps, each with its running mean over `window` steps.

    `undecided` holds the value of each loss where D gives 1/2 to everything, drawn dotted; {} draws none.
    """
    figure = new_figure()
    axis = figure.subplots()
    window = max(1, min(window, len(history) // 4))
    for name, color, dashes in (("d_loss", D_COLOR, "-"), ("g_loss", FAKE_COLOR, "--")):
        values = history[name]
        axis.plot(np.arange(1, len(values) + 1), values, color=color, alpha=0.25, linewidth=0.8)
        mean = smoothed(values, window)
        steps = np.arange(len(mean)) + (window + 1) / 2
        axis.plot(steps, mean, color=color, linestyle=dashes, linewidth=2, label=f"{name[0].upper()}'s loss")
        if name in undecided:
            axis.axhline(undecided[name], color=color, linestyle=":", linewidth=1.5)
    label(axis, "step", "loss (nats)")
    return figure
