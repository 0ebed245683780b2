"""The playground without a browser: a run that takes single steps, changes while it goes, and can go back."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from coursekit.losses import Loss
from coursekit.widgets.playground import nets, views
from coursekit.widgets.playground.measure import N_SAMPLES, Figures, Ruler
from coursekit.widgets.playground.own_loss import own_loss
from coursekit.widgets.playground.settings import NEW_RUN, OWN_LOSS, Settings, changed, pair
from coursekit.widgets.playground.sources import prepared
from coursekit.widgets.playground.timeline import EVERY, Timeline, copied
from coursekit.widgets.playground.turns import BOTH, turns

N_MEASURED = 30  # times that a repeated run is measured on the way, for the curve
Move = str | dict  # "both 120", "D 1", or what was changed, {"k": 3}


class NotFinite(RuntimeError):
    """A loss of the course became NaN or infinite."""


class Engine:
    """A game with its settings. `n` counts its steps, of whichever kind; `moves` is what was done since step 0.

    Everything random comes from the settings' seed: the same settings and moves give the same numbers, whatever else
    draws from torch's generator meanwhile. A step that fails leaves the run as it was before, and raises.
    """

    def __init__(
        self, settings: Settings | None = None, d_loss: Callable | None = None, g_loss: Callable | None = None
    ):
        self.own = own_loss(d_loss, g_loss)
        self.functions = {"d_loss": d_loss, "g_loss": g_loss}
        self.runs = 0
        self.settings = prepared(settings or Settings(loss=OWN_LOSS if self.own else Settings.loss))
        self._start()

    def _start(self) -> None:
        settings = self.settings
        self.ruler = Ruler(settings)
        self.random = torch.Generator().manual_seed(settings.seed).get_state()
        with self._own_generator():
            self.game = nets.game(settings)
        self.batches = self.ruler.toy.batches(settings.batch_size, settings.seed + 2)
        self.eye = nets.noise(changed(settings, {"seed": 12345}))(N_SAMPLES)  # the z that are looked at
        self.noise_grid = views.noise_grid(settings.noise, settings.latent)
        self.first, self.n, self.moves, self.runs = settings, 0, (), self.runs + 1
        self.losses: list[tuple[float, float]] = []
        self.curve: list[tuple[int, float, float]] = []  # step, JS, Wasserstein
        self.timeline = Timeline()
        self._prepare()
        self.timeline.keep(0, self.state())

    def _prepare(self) -> None:
        """The three steps for the settings of this moment."""
        self.loss: Loss = pair(self.settings, self.own)
        self.inner, self.steps = turns(self.game, self.loss, self.settings)

    @contextlib.contextmanager
    def _own_generator(self) -> Iterator[None]:
        """Within the block torch's global generator, which penalties draw from, is this run's."""
        outside = torch.get_rng_state()
        torch.set_rng_state(self.random)
        try:
            yield
        finally:
            self.random = torch.get_rng_state()
            torch.set_rng_state(outside)

    def step(self, kind: str = BOTH) -> None:
        """One step: of D and G, or with the other player's update held back."""
        with self.safely():
            self._step(kind)

    def advance(self, seconds: float) -> None:
        """As many whole steps as fit into about `seconds`, at least one; one that fails takes no other with it."""
        end, before = time.perf_counter() + seconds, self.n
        reached = before
        try:
            with self.safely():
                while self.n == before or time.perf_counter() < end:
                    self._step(BOTH)
                    reached = self.n
        except Exception:
            with contextlib.suppress(Exception), self.safely():  # those before it once more, from the same state
                for _ in range(reached - before):
                    self._step(BOTH)
            raise

    @contextlib.contextmanager
    def safely(self) -> Iterator[None]:
        """The block trains; whatever it raises, the run is afterwards what it was before."""
        self.cut()
        before = self.state()
        try:
            with self._own_generator():
                yield
        except BaseException:
            self.restore(before)
            self.cut()
            raise

    def _step(self, kind: str) -> None:
        self.record(kind, self.steps[kind](self.batches))

    def record(self, kind: str, losses: dict[str, Tensor]) -> None:
        """Count a step that was made. Raises NotFinite for a loss that is no number."""
        told = tuple(losses[name].item() for name in ("d_loss", "g_loss"))  # nets on the CPU: nothing waits
        for name, value in zip(("d_loss", "g_loss"), told, strict=True):
            if not math.isfinite(value):
                raise NotFinite(f"{name} became {value} at step {self.n + 1}: a learning rate or a weight is too high")
        self.losses.append(told)
        self.n += 1
        self.moves = with_step(self.moves, kind)
        if self.timeline.due(self.n):
            self.timeline.keep(self.n, self.state())

    def change(self, **changes: object) -> None:
        """Change settings: a new run at step 0 for data, nets, noise and seed, else at once. ValueError as in words."""
        settings = prepared(changed(self.settings, changes))
        pair(settings, self.own)
        self.settings, old = settings, self.settings
        if changes.keys() & NEW_RUN:
            try:
                self._start()
            except Exception:
                self.settings = old
                raise
            return
        self.cut()
        self._apply("optimizer" in changes)
        if self.moves:
            self.moves = with_change(self.moves, changes)
        else:
            self.first, self.timeline = settings, Timeline()
            self.timeline.keep(0, self.state())

    def _apply(self, new_optimizers: bool) -> None:
        settings = self.settings
        if new_optimizers:
            self.game = nets.with_optimizers(self.game, settings)
        for optimizer, lr in ((self.game.d_optimizer, settings.d_lr), (self.game.g_optimizer, settings.g_lr)):
            for group in optimizer.param_groups:
                group["lr"] = lr
        self.batches.batch_size = settings.batch_size
        self._prepare()

    def reset(self) -> None:
        """Step 0 of the same settings."""
        self._start()

    def replay(self, moves: list[Move]) -> None:
        """Do again what `moves` lists. Raises ValueError for what is no move."""
        for move in moves:
            if isinstance(move, dict):
                self.change(**move)
                continue
            kind, _, times = str(move).partition(" ")
            if kind not in self.steps or not times.isdecimal():
                raise ValueError(f"{move!r} is no move: write 'both 120', 'D 1', 'G 1' or {{'k': 3}}")
            with self.safely():
                for i in range(int(times)):
                    if self.n and i % max(EVERY, int(times) // N_MEASURED) == 0:
                        self.measure()
                    self._step(kind)

    def state(self) -> dict:
        """All that a step may change, copied."""
        game = self.game
        parts = {"G": game.G, "D": game.D, "g": game.g_optimizer, "d": game.d_optimizer}
        states = {name: copied(part.state_dict()) for name, part in parts.items()}
        streams = {"latent": game.latent.state_dict(), "batches": self.batches.state_dict()}
        own = {"settings": self.settings, "n": self.n, "moves": self.moves, "random": self.random}
        return {**states, **streams, **own}

    def restore(self, state: dict) -> None:
        """Go to a state of this run; what lies after it is forgotten only when the run goes on from there."""
        new_optimizers = state["settings"].optimizer != self.settings.optimizer
        self.settings, self.n, self.moves = (state[name] for name in ("settings", "n", "moves"))
        self._apply(new_optimizers)
        game = self.game
        parts = {"G": game.G, "D": game.D, "g": game.g_optimizer, "d": game.d_optimizer}
        parts |= {"latent": game.latent, "batches": self.batches}
        for name, part in parts.items():
            part.load_state_dict(copied(state[name]))
        self.random = state["random"]

    @property
    def moments(self) -> list[int]:
        """The steps that one can go back to, and the newest."""
        steps = self.timeline.steps
        return [*steps, self.n] if self.n > steps[-1] else list(steps)

    def scrub(self, index: int) -> None:
        """Go to moment `index` of the timeline; the newest moment is kept first, so that one can come back."""
        if self.n > self.timeline.steps[-1]:
            self.timeline.keep(self.n, self.state())
        self.restore(self.timeline.at(index))

    def cut(self) -> None:
        """Forget what lies after this step."""
        self.timeline.cut(self.n)
        del self.losses[self.n :]
        self.curve = [point for point in self.curve if point[0] <= self.n]

    @torch.no_grad()
    def samples(self, n: int = N_SAMPLES) -> Tensor:
        """What G makes of the first `n` z that are looked at: the same at every step, so that points move, not jump."""
        return self.game.G(self.eye[:n])

    def measure(self) -> Figures:
        """The figures of this moment, which the curve keeps."""
        figures = self.ruler.measure(self.samples())
        if not self.curve or self.curve[-1][0] < self.n:
            self.curve.append((self.n, figures.js, figures.wasserstein))
        return figures


def with_step(moves: tuple[Move, ...], kind: str) -> tuple[Move, ...]:
    """The moves with one step more; steps of one kind in a row are counted."""
    if moves and isinstance(moves[-1], str) and moves[-1].startswith(f"{kind} "):
        return (*moves[:-1], f"{kind} {int(moves[-1].split()[1]) + 1}")
    return (*moves, f"{kind} 1")


def with_change(moves: tuple[Move, ...], changes: dict[str, object]) -> tuple[Move, ...]:
    """The moves with a change more; changes in a row are one."""
    if isinstance(moves[-1], dict):
        return (*moves[:-1], {**moves[-1], **changes})
    return (*moves, changes)
