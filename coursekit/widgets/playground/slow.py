"""One step in slow motion: the course's own step is run, and watched line by line while it runs.

Nothing is written twice: the lines shown are those of `coursekit.steps.adversarial`, and the points, losses and slopes
shown are the values that its variables held when the line had run.
"""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import torch
from torch import Tensor

from coursekit.steps.adversarial import update
from coursekit.widgets.playground import formulas
from coursekit.widgets.playground.engine import Engine
from coursekit.widgets.playground.nets import noise
from coursekit.widgets.playground.own_loss import source_of
from coursekit.widgets.playground.settings import Settings
from coursekit.widgets.playground.turns import BOTH


class Stop(NamedTuple):
    """A line of the step that is worth a look: how it begins, what it does, and its formula for given settings."""

    number: int
    half: str
    begins: str
    title: str
    formula: Callable[[Settings], str]


STOPS = (
    Stop(1, "D", "real, *cond =", "Take a batch of real points", lambda s: "x ~ p_data"),
    Stop(2, "D", "fake, *fake_cond =", "Let G make as many fakes", lambda s: f"{formulas.noise_formula(s)},  G(z)"),
    Stop(3, "D", "d_loss =", "D scores both; its loss", formulas.d_formula),
    Stop(4, "D", "loss.backward()", "The slope of the loss for D's weights φ", lambda s: "∇_φ L_D"),
    Stop(5, "D", "optimizer.step()", "D moves", lambda s: formulas.update_formula(s, "φ", "D")),
    Stop(6, "G", "with frozen(D)", "D is held still", lambda s: "φ fixed"),
    Stop(7, "G", "fake = G(", "G makes new fakes", lambda s: f"{formulas.noise_formula(s)},  G(z)"),
    Stop(8, "G", "g_loss =", "D scores them; G's loss", formulas.g_formula),
    Stop(9, "G", "loss.backward()", "The slope for G's weights θ, by way of the fakes", lambda s: "∇_θ L_G"),
    Stop(10, "G", "optimizer.step()", "G moves", lambda s: formulas.update_formula(s, "θ", "G")),
)


@dataclass(frozen=True)
class SubStep:
    """A line that has run: which update of its player it belongs to, its text and place, and what was seen then."""

    stop: Stop
    formula: str
    round: int
    code: str
    place: str
    says: str
    seen: object


class Watch:
    """A trace function: calls `see(stop, round, code, place, locals)` when a line of `STOPS` has run."""

    def __init__(self, step: Callable, see: Callable):
        self.lines = {code.__code__: lines_of(code) for code in (step, update)}
        self.see, self.half, self.rounds = see, "D", {"D": 0, "G": 0}
        self.waiting: dict[FrameType, tuple[Stop, str, str]] = {}
        self.failed_at: tuple[str, str] | None = None

    def __call__(self, frame: FrameType, event: str, arg: object) -> "Watch | None":
        if frame.f_code not in self.lines:
            return None
        if event == "exception" and frame in self.waiting:
            self.failed_at = self.waiting.pop(frame)[1:]
        elif event in ("line", "return"):
            self._finish(frame)
        if event == "line":
            self._begin(frame)
        return self

    def _begin(self, frame: FrameType) -> None:
        text = self.lines[frame.f_code].get(frame.f_lineno, "")
        if self.half == "G" and text.startswith(STOPS[0].begins):
            self.half = "D, resting"  # in a further update of G
        for stop in STOPS:
            turns = stop.number == 6 and self.half != "G"  # not when the block is left
            if text.startswith(stop.begins) and (turns or stop.number != 6 and stop.half == self.half):
                self.half = stop.half
                self.rounds[self.half] += stop.number in (1, 6)
                name = Path(frame.f_code.co_filename)
                self.waiting[frame] = stop, text, f"{name.parent.name}/{name.name}, line {frame.f_lineno}"

    def _finish(self, frame: FrameType) -> None:
        if frame in self.waiting:
            stop, text, place = self.waiting.pop(frame)
            self.see(stop, self.rounds[stop.half], text, place, frame.f_locals)


def lines_of(function: Callable) -> dict[int, str]:
    lines, first = inspect.getsourcelines(function)
    return {first + i: text.strip() for i, text in enumerate(lines)}


def slowly(engine: Engine, look: Callable[..., object]) -> list[SubStep]:
    """Make one step of both and return its sub-steps; `look(stop, real, fake, old)` is called when each line has run.

    What it returns is kept as `seen`; `old` is where the fakes were before G moved. Where a line raises, the run is
    what it was before; the error then carries the sub-steps as `made` and the line with its place as `failed_at`.
    """
    cast = Cast(engine)

    def see(stop: Stop, round_: int, code: str, place: str, names: dict) -> None:
        seen = look(stop, *cast.after(stop, names))
        made.append(SubStep(stop, stop.formula(engine.settings), round_, code, place, words(stop, names), seen))

    made: list[SubStep] = []
    watch = Watch(engine.inner, see)
    with engine.safely():
        before = sys.gettrace()
        sys.settrace(watch)
        try:
            losses = engine.steps[BOTH](engine.batches)
        except Exception as error:
            error.made, error.failed_at = made, watch.failed_at
            raise
        finally:
            sys.settrace(before)
        engine.record(BOTH, losses)
    return made


class Cast:
    """The points that a step works on, line by line."""

    def __init__(self, engine: Engine):
        self.engine, self.real, self.fake, self.noise = engine, None, None, {}

    def after(self, stop: Stop, names: dict) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """Real points, fakes and, after G has moved, the place of the same z before: each (N, 2) or None."""
        if stop.number == 1:
            self.real, self.fake = names["real"], None
        elif stop.number in (2, 7):
            self.fake = names["fake"].detach()
        elif stop.number == 6:
            self.real, self.fake, self.noise = names["real"], None, self.engine.game.latent.state_dict()
        elif stop.number == 10:
            return self.real, self.moved(len(self.fake)), self.fake
        return self.real, self.fake, None

    @torch.no_grad()
    def moved(self, n: int) -> Tensor:
        """What G now makes of the z of this step: the same noise, drawn again."""
        latent = noise(self.engine.settings)
        latent.load_state_dict(self.noise)
        return self.engine.game.G(latent(n))


def words(stop: Stop, names: dict) -> str:
    """What the line made, in numbers."""
    if stop.number in (1, 2, 7):
        return f"{len(names['real' if stop.number == 1 else 'fake'])} points"
    if stop.number in (3, 8):
        name = "d_loss" if stop.half == "D" else "g_loss"
        return f"{name} = {names[name].item():.4f}"
    if stop.number == 6:
        return "no gradient is kept for D"
    groups = names["optimizer"].param_groups
    if stop.number in (4, 9):
        squares = [p.grad.square().sum() for group in groups for p in group["params"] if p.grad is not None]
        return f"length of the slope {sum(squares).sqrt().item():.3g}"
    return f"learning rate η = {groups[0]['lr']:g}"


def loss_source(engine: Engine, half: str) -> str:
    """The loss that is being run, as it is written."""
    return source_of(engine.loss.d if half == "D" else engine.loss.g)
