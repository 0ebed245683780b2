"""Small games on the plane: arrows, a path from any start, and its distance beside the prediction (lecture 05)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial

import torch
from matplotlib.figure import Figure
from torch import Tensor

from coursekit import dynamics
from coursekit.dynamics import Step, Velocity
from coursekit.plots.compact import compact_png
from coursekit.plots.dynamics import FAR, draw_equilibria, draw_field, draw_path
from coursekit.plots.style import D_LINE, OTHER_LINES, label
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored, slider


@dataclass(frozen=True)
class Arena:
    """A game on a square window: `velocity(r1_weight)` gives its arrows, the first equilibrium is the one looked at."""

    velocity: Callable[[float], Velocity]
    names: tuple[str, str]
    low: float
    high: float
    equilibria: tuple[tuple[float, float], ...]
    has_r1: bool
    tooltip: str


def without_r1(velocity: Velocity) -> Callable[[float], Velocity]:
    return lambda r1_weight: velocity


ROAD = ((0.5, 0.5), (0.0, 0.0), (1.0, 1.0))
ARENAS = {
    "driving side": Arena(
        without_r1(dynamics.driving_velocity),
        ("p: first driver goes left", "q: second driver goes left"),
        *(0.0, 1.0, ROAD, False, "Two drivers gain when both are on one side"),
    ),
    "xy": Arena(
        without_r1(dynamics.xy_velocity),
        *(("x", "y"), -2.5, 2.5, ((0.0, 0.0),), False, "x minimises the product, y maximises it"),
    ),
    "Dirac-GAN": Arena(
        lambda r1_weight: partial(dynamics.dirac_velocity, r1_weight=r1_weight),
        *(("theta", "psi"), -2.5, 2.5, ((0.0, 0.0),), True, "A GAN with two numbers, minimax loss"),
    ),
    "non-saturating": Arena(
        lambda r1_weight: partial(dynamics.dirac_non_saturating_velocity, r1_weight=r1_weight),
        *(("theta", "psi"), -2.5, 2.5, ((0.0, 0.0),), True, "The same GAN, its generator minimises -log D"),
    ),
}
MOVES: dict[str, Step] = {
    "at once": dynamics.simultaneous_step,
    "in turn": dynamics.alternating_step,
    "extragradient": dynamics.extragradient_step,
}
MOVE_TIPS = ["Simultaneous steps", "Alternating steps, the first player first", "Look one step ahead, then move"]


@dataclass(frozen=True)
class Settings:
    """Which game, who moves when, the step size, R1's weight (Dirac-GANs only), the start, and the number of steps."""

    game: str = "xy"
    moves: str = "at once"
    lr: float = 0.1
    r1_weight: float = 0.0
    x: float = 1.0
    y: float = 1.0
    n_steps: float = 100


@dataclass(frozen=True)
class Outcome:
    """The arena and its arrows, the path (n + 1, 2), distances (n + 1,) from the equilibrium, eigenvalues of one step.

    `factor` is the largest modulus of the eigenvalues: what a step makes of a small distance, in the long run.
    """

    arena: Arena
    velocity: Velocity
    path: Tensor
    distance: Tensor
    eigenvalues: Tensor
    factor: float


RANGES = {  # name on the slider, lowest, highest, step
    "lr": ("step size", 0.05, 2.5, 0.05),
    "r1_weight": ("R1 weight", 0.0, 3.0, 0.1),
    "x": ("start, across", -2.5, 2.5, 0.05),
    "y": ("start, up", -2.5, 2.5, 0.05),
    "n_steps": ("number of steps", 0, 300, 1),
}


def compute(settings: Settings) -> Outcome:
    """The path from the start, moved into the game's window if it lies outside, and the prediction for it."""
    arena, step = ARENAS[settings.game], MOVES[settings.moves]
    velocity = arena.velocity(settings.r1_weight)
    centre = torch.tensor(arena.equilibria[0], dtype=torch.float64)
    start = torch.tensor([settings.x, settings.y], dtype=torch.float64).clamp(arena.low, arena.high)
    path = dynamics.play(step, velocity, start, settings.lr, int(settings.n_steps))
    eigenvalues = torch.linalg.eigvals(dynamics.step_jacobian(step, velocity, centre, settings.lr))
    factor = float(eigenvalues.abs().max())
    return Outcome(arena, velocity, path, (path - centre).norm(dim=-1), eigenvalues, factor)


def verdict(outcome: Outcome) -> str:
    """What the factor says of states near the equilibrium."""
    if abs(outcome.factor - 1) < 1e-9:
        return "no nearer, no farther"
    return "nearer" if outcome.factor < 1 else "away"


def draw(outcome: Outcome) -> Figure:
    """The arrows with the path on the left; the distance from the equilibrium, and its prediction, on the right."""
    figure = Figure(figsize=(8, 4), dpi=100)  # fixed margins, as in the minimax explorer: a move must not wait
    grid = figure.add_gridspec(1, 2, left=0.08, right=0.98, bottom=0.13, top=0.9, wspace=0.3)
    left, right = (figure.add_subplot(cell) for cell in grid)
    arena = outcome.arena
    draw_field(left, outcome.velocity, arena.low, arena.high, arena.names)
    draw_path(left, outcome.path, D_LINE)
    draw_equilibria(left, arena.equilibria)
    left.set_title("square: start, triangle: end", fontsize=11, loc="left")
    steps = torch.arange(len(outcome.distance))
    seen = outcome.distance.where(outcome.distance < FAR, math.nan).clamp(min=1e-12)
    predicted = outcome.distance[0] * outcome.factor**steps
    right.plot(steps, seen, label="the path", **D_LINE)
    right.plot(steps, predicted.clamp(1e-12, FAR), label="predicted factor", **OTHER_LINES[0])
    label(right, "step", "distance from the equilibrium", f"a step: times {outcome.factor:.4f}, {verdict(outcome)}")
    right.set(yscale="log", xlim=(0, max(1, len(steps) - 1)))
    right.minorticks_off()  # half of the time of a picture
    right.set_ylim(min(0.1, float(seen.nan_to_num(1).min()) / 2), max(10, 3 * float(seen.nan_to_num(0).max())))
    return figure


def in_words(settings: Settings, outcome: Outcome) -> str:
    """What the picture shows, in one line."""
    first, last = outcome.distance[0], outcome.distance[-1]
    path = f"{settings.game}, {settings.moves}: from {first:.3g} to {last:.3g} away from the equilibrium"
    return f"{path}; near it a step multiplies the distance by {outcome.factor:.4f}, {verdict(outcome)}"


class VectorFieldExplorer:
    """Buttons for the game and for who moves when, sliders for the rest, and the path they make.

    `settings` and `outcome` hold what is shown; `controls` maps each field of `Settings` to its control.
    """

    sentence = "Buttons and sliders for four small games and the paths they make: run the cell to use them."

    def __init__(self, settings: Settings | None = None):
        from ipywidgets import HBox, Image, Layout, ToggleButtons, VBox

        settings = settings or Settings()
        named = {"style": {"description_width": "4em", "button_width": "8em"}}
        tips = [arena.tooltip for arena in ARENAS.values()]
        game = ToggleButtons(options=list(ARENAS), value=settings.game, description="game", tooltips=tips, **named)
        moves = ToggleButtons(
            options=list(MOVES), value=settings.moves, description="moves", tooltips=MOVE_TIPS, **named
        )
        sliders = {name: slider(text, getattr(settings, name), *ends) for name, (text, *ends) in RANGES.items()}
        sliders["n_steps"].readout_format = "d"
        self.controls = {"game": game, "moves": moves, **sliders}
        self.picture = Image(format="png", layout=Layout(width="800px", max_width="100%"))  # else it is stretched
        play = [sliders[name] for name in ("lr", "r1_weight", "n_steps")]
        self.aria = Aria()
        row = HBox([VBox(play), VBox([sliders["x"], sliders["y"]])])
        self.view = VBox([game, moves, row, self.picture, self.aria])
        for one in self.controls.values():
            one.observe(self._update, names="value")
        self._update()

    def _update(self, change: dict | None = None) -> None:
        self.settings = Settings(**{field.name: self.controls[field.name].value for field in fields(Settings)})
        self.controls["r1_weight"].disabled = not ARENAS[self.settings.game].has_r1
        self.outcome = compute(self.settings)
        self.picture.value = compact_png(draw(self.outcome))
        self.aria.words = in_words(self.settings, self.outcome)

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
