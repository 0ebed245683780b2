"""The playground in a notebook: a GAN on the plane to play, pause, step, take apart and train with a loss of one's own.

`Screen` is what the browser is told, `Playground` hears what is pressed. All training happens in one asyncio task on
the kernel's loop, 20 ms at a time, so that buttons act between two slices; nothing here updates a weight.
"""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import traitlets
from anywidget import AnyWidget
from ipywidgets import Layout, VBox

from coursekit.plots.compact import compact_png
from coursekit.widgets.conventions import live_or_stored
from coursekit.widgets.playground import messages
from coursekit.widgets.playground.as_code import as_code
from coursekit.widgets.playground.engine import Engine, Move, NotFinite
from coursekit.widgets.playground.frames import Frame, Views, curves, frame_now, in_words, packed, tiles
from coursekit.widgets.playground.own_loss import WrongLoss
from coursekit.widgets.playground.picture import draw
from coursekit.widgets.playground.pulse import Pulse
from coursekit.widgets.playground.settings import CONTROLS, OWN_LOSS, Settings, changed
from coursekit.widgets.playground.slow_reel import Reel
from coursekit.widgets.playground.sources import EXTENT
from coursekit.widgets.training_panel import explain

HERE = Path(__file__).parent
SLICE = 0.02  # seconds of training between two chances for a button
ROUNDS = 8
LINE_SECONDS = 1.6  # for which slow motion shows a line when it plays by itself


async def breath(seconds: float) -> None:
    """Let the kernel's loop go round a few times: a message takes several rounds from the socket to its handler."""
    await asyncio.sleep(seconds)
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


class Screen(AnyWidget):
    """The settings, what is shown, and whether it runs; frames come as messages with float32 bytes."""

    _esm = "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("plane", "controls", "view"))
    _css = HERE / "playground.css"
    controls = traitlets.List().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    views = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    extent = traitlets.Float(EXTENT).tag(sync=True)


class Playground:
    """A GAN on the plane: `Playground(data="grid of 25", loss="hinge", k=2, seed=3)`, by the fields of `Settings`.

    `d_loss(real, fake)` and `g_loss(fake, real)` are the reader's own losses: functions of raw scores that return one
    number, `real` in `g_loss` being a function that gives D(real). `moves` repeats a run that Copy as code has
    written down. `engine` is the run, to be used without a browser too. Raises ValueError for what cannot be set.
    """

    sentence = "A GAN on the plane to play, pause and take apart: run the cell to use it."

    def __init__(
        self,
        d_loss: Callable | None = None,
        g_loss: Callable | None = None,
        moves: Iterable[Move] = (),
        **settings: object,
    ):
        own = {"loss": OWN_LOSS} if d_loss is not None or g_loss is not None else {}
        self.engine = Engine(changed(Settings(), own | settings), d_loss, g_loss)
        self.engine.replay(list(moves))
        self.views, self.pulse = Views(), Pulse()
        self.reel: Reel | None = None
        self.figures = self.engine.measure()
        self.playing, self.problem, self.note = False, "", ""
        self.task: asyncio.Task | None = None
        self.screen = Screen(controls=self._controls())
        self.screen.on_msg(self._hear)
        self.view = VBox([self.screen], layout=Layout(width="100%"))  # two of them share the width of an HBox
        self.tell()

    def _controls(self) -> list[dict]:
        made = [{"key": name, **control._asdict()} for name, control in CONTROLS.items()]
        for one in made:
            if one["key"] == "loss" and self.engine.own:
                one["values"] = (OWN_LOSS, *one["values"])
            one["values"] = list(one["values"])
        return made

    def code(self) -> str:
        """The run as one line of Python."""
        return as_code(self.engine)

    def play(self) -> None:
        """Train until `pause`, beside whatever else the kernel does; needs a running loop, as every notebook has."""
        self.playing, self.problem, self.note = True, "", ""
        self.pulse.heard()
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run())
        self.tell()

    def pause(self) -> None:
        """Hold the run after the slice in progress."""
        self.playing = False
        self.tell()

    async def _run(self) -> None:
        try:
            while self.playing:
                self._turn()
                await breath(LINE_SECONDS if self.reel else 0)
        finally:
            if self.playing:  # an Interrupt
                self.pause()
        self.show(figures=True)

    def _turn(self) -> None:
        if self.pulse.unseen:
            self.playing, self.note = False, "paused: no browser has drawn anything for five minutes"
            self.tell()
        elif self.reel is not None:
            if self.train(lambda: self.reel.forward(self.views)):
                self.show(figures=True)
        elif self.train(lambda: self.engine.advance(SLICE)) and self.pulse.due:
            self.show(figures=self.pulse.figures_due)

    def train(self, act: Callable[[], None]) -> bool:
        """Do what trains, and return whether it went well; the reader's loss may raise anything."""
        try:
            with self.pulse.spent("training"):
                act()
        except Exception as error:
            self._failed(error)
            return False
        return True

    def _failed(self, error: Exception) -> None:
        """Say what went wrong, and pause; the run is what it was before."""
        self.playing = False
        self.problem = str(error) if isinstance(error, WrongLoss | NotFinite) else explain(error)
        if getattr(error, "failed_at", None):
            self.problem += f" [while running {': '.join(reversed(error.failed_at))}]"
        self.note = f"paused at step {self.engine.n:,}, as it was before the step that failed; nothing is lost"
        self.tell()
        self.show(figures=True)

    def _hear(self, screen: Screen, message: object, buffers: object) -> None:
        """Do what the browser asks; what cannot be done is said in words, and the run pauses."""
        self.pulse.heard()
        try:
            messages.obey(self, message)
        except ValueError as problem:
            self.playing, self.problem = False, str(problem)
            self.tell()

    def done(self, note: str) -> None:
        self.problem, self.note = "", note
        self.tell()
        self.show(figures=True)

    def tell(self) -> None:
        settings = {name: value for name, value in vars(self.engine.settings).items() if name != "points"}
        self.screen.settings = settings | {"run": self.engine.runs}
        self.screen.views = dict(vars(self.views))
        self.screen.state = {
            "playing": self.playing,
            "slow": self.reel is not None,
            "problem": self.problem,
            "note": self.note,
        }

    def show(self, figures: bool) -> None:
        """Send a frame, with fresh figures and curves if wanted."""
        engine = self.engine
        told = {"kind": "frame", "number": self.pulse.sent + 1, "n": engine.n}
        with self.pulse.frame():
            shown: Frame = self.reel.frame(self.views) if self.reel else frame_now(engine, self.views)
            arrays = dict(shown.arrays)
            if figures:
                with self.pulse.figures():
                    self.figures = engine.measure()
                arrays |= curves(engine)
                told |= {"tiles": tiles(self.figures, engine.ruler.floor), "words": in_words(engine, self.figures)}
            told["timeline"] = engine.moments
            told["line"] = self.reel.told() if self.reel else None
            layout, values = packed(arrays)
            told |= {"layout": layout, "bar": shown.bar, "arrow": shown.arrow}
            self.screen.send(told, [values])

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, object]:
        return live_or_stored(self.view, compact_png(draw(self.engine, self.views), 256), self.sentence)
