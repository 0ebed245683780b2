"""One picture of the playground as numbers: what the browser draws, packed into one run of float32 bytes."""

import contextlib
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from coursekit.widgets.playground import views
from coursekit.widgets.playground.engine import Engine
from coursekit.widgets.playground.measure import Figures
from coursekit.widgets.playground.views import N_ARROWS, N_SHOWN

LONGEST_ARROW = 0.6  # in units of the plane
N_CURVE = 200  # points of a curve
MAPS = ("D", "D*", "none")


@dataclass(frozen=True)
class Views:
    """What is shown: the map behind the points is D's, the best D's (D*), or none."""

    map: str = "D"
    manifold: bool = False
    arrows: bool = True
    real: bool = True
    fake: bool = True


def chosen(old: Views, name: object, value: object) -> Views:
    """The views with one changed. Raises ValueError for what is no view."""
    allowed = {field.name: (False, True) for field in fields(Views)} | {"map": MAPS}
    if name not in allowed or type(value) not in (str, bool) or value not in allowed[name]:
        raise ValueError(f"there is no view {name!r} with the value {value!r}: there are {allowed}")
    return replace(old, **{name: value})


@dataclass(frozen=True)
class Frame:
    """Arrays by name and the words of the colour bar; `arrow` is the length on the plane of an arrow drawn at 0.6."""

    arrays: dict[str, Tensor]
    bar: dict[str, object]
    arrow: float


def frame(
    engine: Engine, seen: Views, real: Tensor | None = None, fake: Tensor | None = None, old: Tensor | None = None
) -> Frame:
    """What is seen now, of these points of a step. With `old`, the fakes' places before G moved, arrows start there."""
    game, arrays, bar, longest = engine.game, {}, {}, 0.0
    company = engine.samples(N_SHOWN) if fake is None else fake
    if seen.map != "none":
        arrays["map"], bar = background(engine, seen.map, company)
    if seen.manifold:
        arrays["manifold"] = views.manifold(game.G, engine.noise_grid)
    if real is not None and seen.real:
        arrays["real"] = real[:N_SHOWN]
    if fake is not None and seen.fake:
        arrays["fake"] = fake[:N_SHOWN]
    if fake is not None and seen.arrows:
        with contextlib.suppress(Exception):  # a loss that raises is reported by the step that it fails
            arrays["arrows"], longest = drawn_arrows(engine, fake[:N_SHOWN], old)
    return Frame(arrays, bar, longest)


def frame_now(engine: Engine, seen: Views) -> Frame:
    """The same of the points that are looked at at every step."""
    return frame(engine, seen, engine.ruler.reals[:N_SHOWN], engine.samples(N_SHOWN))


def background(engine: Engine, which: str, company: Tensor) -> tuple[Tensor, dict[str, object]]:
    if which == "D*":
        return engine.ruler.optimal(engine.samples()), views.STAR
    scores = views.score_map(engine.game.D, company)
    if engine.loss.name in views.AS_PROBABILITY:
        return torch.sigmoid(scores), views.PROBABILITY
    with torch.no_grad(), views.looked_at(engine.game.D):
        real, fake = engine.game.D(engine.ruler.reals[: len(company)]), engine.game.D(company)
    return views.centred(scores, float(real.mean() + fake.mean()) / 2)


def drawn_arrows(engine: Engine, fake: Tensor, old: Tensor | None) -> tuple[Tensor, float]:
    """Arrows as (n, 4): x, y and the way to the tip; the longest one is drawn 0.6 long, and its true length."""
    if old is not None:
        start, way = old[:N_ARROWS], (fake - old[: len(fake)])[:N_ARROWS]
    else:
        start = fake[:N_ARROWS]
        way = views.arrows(engine.game.D, engine.loss, engine.ruler.reals[: len(fake)], fake)[:N_ARROWS]
    longest = float(way.norm(dim=1).max())
    return torch.cat([start, way * (LONGEST_ARROW / max(longest, 1e-12))], 1), longest


def thinned(rows: list) -> Tensor:
    """At most 200 rows at even distances, the last one included."""
    if not rows:
        return torch.zeros(0, 3)
    return torch.tensor(rows)[torch.linspace(0, len(rows) - 1, min(N_CURVE, len(rows))).round().long()]


def curves(engine: Engine) -> dict[str, Tensor]:
    """The losses and the distances up to now, rows of step and two values: of at most 200 steps each."""
    n = engine.n
    steps = torch.linspace(1, n, min(N_CURVE, n)).round().int().tolist() if n else []
    losses = [(step, *engine.losses[step - 1]) for step in steps]
    return {"losses": thinned(losses), "distances": thinned([row for row in engine.curve if row[0] <= n])}


def packed(arrays: dict[str, Tensor]) -> tuple[list[list], bytes]:
    """Names and shapes in order, and all values as float32 bytes one after the other."""
    layout = [[name, list(values.shape)] for name, values in arrays.items()]
    return layout, b"".join(values.float().contiguous().numpy().tobytes() for values in arrays.values())


def tiles(figures: Figures, floor: Figures) -> list[list[str]]:
    """The figures in words: a name, the value, and what fresh samples of the data score by the same measure."""
    modes = f"{figures.modes} of {figures.n_modes}" if figures.n_modes else "–"
    least = "at least 1 % of fakes within 3 sd" if figures.n_modes else "this data has no modes to count"
    return [
        ["modes held", modes, least],
        ["good share", f"{figures.good:.0%}", f"within 3 sd of the data; data itself {floor.good:.0%}"],
        ["JS divergence", f"{figures.js:.3f} nats", f"0 to 0.693; data itself {floor.js:.3f}"],
        [
            "Wasserstein distance",
            f"{figures.wasserstein:.2f}",
            f"mean way from fakes to data; data itself {floor.wasserstein:.2f}",
        ],
    ]


def in_words(engine: Engine, figures: Figures) -> str:
    """The state of the run in one sentence."""
    modes = f"{figures.modes} of {figures.n_modes} modes, " if figures.n_modes else ""
    share, distance = f"{figures.good:.0%} of the fakes near the data", f"JS {figures.js:.3f} nats"
    return f"{engine.settings.data}, step {engine.n:,}: {modes}{share}, {distance}"
