"""What the browser may ask for, one function each."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from coursekit.widgets.playground.frames import chosen
from coursekit.widgets.playground.settings import DRAWN, PASTED
from coursekit.widgets.playground.slow_reel import Reel
from coursekit.widgets.playground.sources import parse_csv
from coursekit.widgets.playground.turns import BOTH

if TYPE_CHECKING:
    from coursekit.widgets.playground.widget import Playground


def hello(playground: "Playground", message: dict) -> None:
    playground.pulse.forgive()
    playground.show(figures=True)


def ack(playground: "Playground", message: dict) -> None:
    playground.pulse.acknowledged(message.get("number"))


def play(playground: "Playground", message: dict) -> None:
    playground.play()


def pause(playground: "Playground", message: dict) -> None:
    playground.pause()


def step(playground: "Playground", message: dict) -> None:
    playground.playing, playground.reel = False, None
    if message.get("kind") not in playground.engine.steps:
        raise ValueError(f"there is no step {message.get('kind')!r}")
    if playground.train(lambda: playground.engine.step(message["kind"])):
        who = "D and G" if message["kind"] == BOTH else message["kind"]
        playground.done(f"step {playground.engine.n:,}: {who} moved")


def reset(playground: "Playground", message: dict) -> None:
    playground.reel = playground.reel and Reel(playground.engine)
    playground.engine.reset()
    playground.done("step 0: new nets from the seed")


def set_(playground: "Playground", message: dict) -> None:
    changes = message.get("changes")
    if not isinstance(changes, dict):
        raise ValueError(f"changes are {changes!r}, they must be names and values of settings")
    before = playground.engine.n
    playground.engine.change(**changes)
    playground.reel = playground.reel and Reel(playground.engine)
    playground.done("a new run from step 0" if playground.engine.n < before else "")


def points(playground: "Playground", message: dict) -> None:
    drawn = message.get("points")
    if not isinstance(drawn, list):
        raise ValueError(f"points are {drawn!r}, they must be a list of pairs")
    use(playground, DRAWN, drawn, "")


def csv(playground: "Playground", message: dict) -> None:
    points, words = parse_csv(str(message.get("text", "")))
    use(playground, PASTED, points, words)


def use(playground: "Playground", data: str, points: Iterable, words: str) -> None:
    playground.engine.change(data=data, points=tuple(points))
    playground.reel = playground.reel and Reel(playground.engine)
    n = len(playground.engine.settings.points)
    playground.done("; ".join(filter(None, [f"{n} points", words, "a new run from step 0"])))


def view(playground: "Playground", message: dict) -> None:
    playground.views = chosen(playground.views, message.get("name"), message.get("value"))
    playground.done(playground.note)


def scrub(playground: "Playground", message: dict) -> None:
    playground.playing, playground.reel = False, None
    playground.engine.scrub(message.get("to"))
    playground.done(f"back at step {playground.engine.n:,}: Play goes on from here")


def slow(playground: "Playground", message: dict) -> None:
    playground.playing = False
    playground.reel = Reel(playground.engine) if message.get("on") else None
    line(playground, {"by": 1}) if playground.reel else playground.done("")


def line(playground: "Playground", message: dict) -> None:
    """The next line of slow motion, or the one before."""
    if playground.reel is None:
        raise ValueError("slow motion is off")
    move = playground.reel.back if message.get("by") == -1 else playground.reel.forward
    if playground.train(lambda: move(playground.views)):
        playground.done("")


def code(playground: "Playground", message: dict) -> None:
    playground.screen.send({"kind": "code", "text": playground.code()})


ACTS: dict[str, Callable[["Playground", dict], None]] = {
    act.__name__.strip("_"): act
    for act in (hello, ack, play, pause, step, reset, set_, points, csv, view, scrub, slow, line, code)
}


def obey(playground: "Playground", message: object) -> None:
    """Do what a message {"do": name, ...} asks for. Raises ValueError for what is no such message."""
    do = message.get("do") if isinstance(message, dict) else None
    if not isinstance(do, str) or do not in ACTS:
        raise ValueError(f"the playground does not know {message!r}")
    ACTS[do](playground, message)
