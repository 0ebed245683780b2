"""The human evaluation of Denton et al. 2015 as data: the order of the pictures, the judgements, their shares."""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.plots.style import FAKE_DOTS, FAKE_LINE, OTHER_LINES, REAL_DOTS, REAL_LINE, label, new_figure

EXPOSURES = (50, 100, 200, 350, 500, 1000, 1500, 2000)  # ms, over the paper's range
TWO_FRAMES = 34  # ms, at 60 frames a second; a picture shown this much too long or too short is not counted
LONGEST = 600_000  # ms; no exposure and no reaction of a trial in progress takes ten minutes
REAL, FAKE = "real", "fake"
REAL_STYLE = {**REAL_LINE, "marker": REAL_DOTS["marker"]}
FAKE_STYLES = [  # told apart by marker and dashes as well as by colour
    {**FAKE_LINE, "marker": FAKE_DOTS["marker"]},
    *({**line, "marker": marker} for line, marker in zip(OTHER_LINES, "sDv", strict=True)),
]
DODGE = 1.035  # from source to source on the axis of exposures, so that their bars stand side by side


@dataclass(frozen=True)
class Trial:
    """One picture to judge: where it comes from, its place among that source's images, its exposure in ms."""

    source: str
    image: int
    wanted_ms: float


@dataclass(frozen=True)
class Judgement:
    """One answered trial, a line of the table; `answer` is "real" or "fake", times are in ms.

    `shown_ms` is the exposure by the time stamps of the browser's frames, `reaction_ms` the time from the first frame
    of the mask to the answer; both are None where Python answered.
    """

    trial: int
    source: str
    image: int
    wanted_ms: float
    shown_ms: float | None
    answer: str
    reaction_ms: float | None

    @property
    def counts(self) -> bool:
        """Whether the exposure was within two frames of the wanted one."""
        return self.shown_ms is None or abs(self.shown_ms - self.wanted_ms) <= TWO_FRAMES


@dataclass(frozen=True)
class Share:
    """How many of `n` pictures were judged real, as a share, with its 95 % interval."""

    n: int
    n_real: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.n_real / self.n


def plan(sizes: Mapping[str, int], exposures: Iterable[float], n_each: int, seed: int) -> list[Trial]:
    """Trials in random order: each source `n_each` times at each exposure, no picture twice.

    The order is shuffled within rounds that hold each pair of source and exposure once, so that a trial which ends
    early is balanced as well. `sizes` has the number of images of each source. Raises ValueError where they are too
    few.
    """
    exposures = [float(ms) for ms in exposures]
    if not exposures or not all(0 < ms <= LONGEST for ms in exposures):
        raise ValueError(f"exposures are {exposures}: give milliseconds above 0, e.g. exposures=(100, 500, 2000)")
    if n_each < 1:
        raise ValueError(f"n_each is {n_each}: every source is shown at least once at each exposure")
    needed = max(8, n_each * len(exposures))
    for source, size in sizes.items():
        if size < needed:
            raise ValueError(
                f"{source!r} has {size} images, the trial needs {needed}: {n_each} at each of {len(exposures)} "
                "exposures, none shown twice, and at least 8; give more images or a smaller n_each"
            )
    generator = torch.Generator().manual_seed(seed)
    deck = {source: iter(torch.randperm(size, generator=generator).tolist()) for source, size in sizes.items()}
    pairs = [(source, ms) for source in sizes for ms in exposures]
    trials = []
    for _ in range(n_each):
        for k in torch.randperm(len(pairs), generator=generator).tolist():
            source, ms = pairs[k]
            trials.append(Trial(source, next(deck[source]), ms))
    return trials


def judge(trials: list[Trial], n_done: int, message: object) -> Judgement:
    """The judgement that a message {"trial", "real", "shown_ms", "reaction_ms"} makes of the next trial.

    Raises ValueError, in words for the reader, for any other message: it may come from a second view or an old page.
    """
    if not isinstance(message, dict):
        raise ValueError(f"the answer was {message!r}, not a dict with trial, real, shown_ms and reaction_ms")
    if n_done == len(trials):
        raise ValueError(f"all {n_done} pictures are judged: this answer was not counted")
    number, real = message.get("trial"), message.get("real")
    if type(number) is not int or number != n_done:
        raise ValueError(f"the answer was to picture {number!r}, the next is {n_done}: it was not counted")
    if type(real) is not bool:
        raise ValueError(f"the answer to picture {number} was {real!r}, neither true (real) nor false (fake)")
    times = {name: message.get(name) for name in ("shown_ms", "reaction_ms")}
    for name, ms in times.items():
        if ms is not None and not (type(ms) in (int, float) and 0 <= ms <= LONGEST):
            raise ValueError(f"{name} of picture {number} was {ms!r}, not milliseconds between 0 and {LONGEST}")
    one = trials[number]
    shown_ms, reaction_ms = (None if ms is None else float(ms) for ms in times.values())
    return Judgement(number, one.source, one.image, one.wanted_ms, shown_ms, REAL if real else FAKE, reaction_ms)


def wilson(n_real: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): it stays within [0, 1], also at 0 and n of n."""
    z = 1.959963984540054  # normal quantile of 0.975
    centre = (n_real + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * math.sqrt(n_real * (n - n_real) / n + z**2 / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def share(judgements: Iterable[Judgement]) -> Share:
    """The share judged real of at least one judgement."""
    answers = [one.answer == REAL for one in judgements]
    return Share(len(answers), sum(answers), *wilson(sum(answers), len(answers)))


def shares(judgements: Iterable[Judgement]) -> dict[str, Share]:
    """The share judged real of each source, all exposures together, of the judgements that count."""
    groups: dict[str, list[Judgement]] = {}
    for one in judgements:
        if one.counts:
            groups.setdefault(one.source, []).append(one)
    return {source: share(group) for source, group in groups.items()}


def shares_by_exposure(judgements: Iterable[Judgement]) -> dict[str, dict[float, Share]]:
    """For each source, the share judged real at each wanted exposure in ms, shortest first."""
    groups: dict[float, list[Judgement]] = {}
    for one in judgements:
        groups.setdefault(one.wanted_ms, []).append(one)
    by_source: dict[str, dict[float, Share]] = {}
    for ms in sorted(groups):
        for source, value in shares(groups[ms]).items():
            by_source.setdefault(source, {})[ms] = value
    return by_source


def write_csv(judgements: list[Judgement], path: str | Path) -> None:
    """One line for each judgement, under the names of its fields; what was not measured is left empty."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Judgement)])
        writer.writeheader()
        writer.writerows(asdict(one) for one in judgements)


def read_csv(path: str | Path) -> list[Judgement]:
    """The judgements of a file that `write_csv` wrote; lists of several people may be added and drawn together."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [
            Judgement(
                int(row["trial"]),
                row["source"],
                int(row["image"]),
                float(row["wanted_ms"]),
                float(row["shown_ms"]) if row["shown_ms"] else None,
                row["answer"],
                float(row["reaction_ms"]) if row["reaction_ms"] else None,
            )
            for row in csv.DictReader(file)
        ]


def percent(value: Share) -> str:
    return f"{value.value:.0%} of {value.n} ({value.low:.0%} to {value.high:.0%})"


def draw(judgements: Iterable[Judgement], title: str = "") -> Figure:
    """The share judged real against the exposure, one line for each source, with 95 % intervals, as in the paper."""
    judgements = list(judgements)
    figure = new_figure(8, 3.6)
    axis = figure.subplots()
    total, by_exposure = shares(judgements), shares_by_exposure(judgements)
    fakes = sorted(name for name in total if name != REAL)
    styles = {REAL: REAL_STYLE, **dict(zip(fakes, FAKE_STYLES, strict=False))}
    for place, name in enumerate([name for name in (REAL, *fakes) if name in total]):
        words = f"{name}: {percent(total[name])}"
        draw_source(axis, by_exposure[name], DODGE ** (place - len(fakes) / 2), {**styles[name], "label": words})
    label(axis, "exposure (ms)", "judged real (%), with 95 % intervals", title, legend=False)
    wanted = sorted({one.wanted_ms for one in judgements})
    axis.set(xscale="log", xlim=(0.8 * wanted[0], 1.25 * wanted[-1]), ylim=(-4, 104))
    axis.set_xticks(wanted, [f"{ms:g}" for ms in wanted], fontsize=9)
    axis.minorticks_off()
    if total:
        figure.legend(loc="outside upper right", ncols=2, frameon=False, fontsize=9)
    return figure


def draw_source(axis: Axes, points: Mapping[float, Share], shift: float, style: Mapping[str, object]) -> None:
    """One source's line, moved aside by the factor `shift`."""
    x = [ms * shift for ms in points]
    y = [100 * one.value for one in points.values()]
    below = [max(0, at - 100 * one.low) for at, one in zip(y, points.values(), strict=True)]  # 0 of n may be -1e-15
    above = [max(0, 100 * one.high - at) for at, one in zip(y, points.values(), strict=True)]
    axis.errorbar(x, y, [below, above], capsize=3, elinewidth=1, **style)
