"""Slow motion as the browser sees it: the lines of one step, forward and back, and then the next step."""

from dataclasses import replace

from torch import Tensor

from coursekit.widgets.playground.engine import Engine
from coursekit.widgets.playground.frames import Frame, Views, frame, frame_now
from coursekit.widgets.playground.slow import STOPS, Stop, SubStep, loss_source, slowly

WITH_ARROWS = (9, 10)  # the slope of G's loss, and where G moves
WITH_SOURCE = (3, 8)


class Reel:
    """The sub-steps of one step and which of them is shown."""

    def __init__(self, engine: Engine):
        self.engine, self.made, self.at = engine, [], -1

    def forward(self, views: Views) -> None:
        """The next line; after the last one a new step is made, and its first line shown."""
        if self.at + 1 < len(self.made):
            self.at += 1
            return
        try:
            self.made = slowly(self.engine, self._looker(views))
        except Exception as error:
            self.made = getattr(error, "made", [])  # up to the line that raised
            self.at = len(self.made) - 1
            raise
        self.at = 0

    def back(self, views: Views) -> None:
        """The line before, within this step."""
        self.at = max(0, self.at - 1)

    def _looker(self, views: Views):
        every = replace(views, manifold=True, real=True, fake=True)

        def look(stop: Stop, real: Tensor | None, fake: Tensor | None, old: Tensor | None) -> Frame:
            return frame(self.engine, replace(every, arrows=stop.number in WITH_ARROWS), real, fake, old)

        return look

    @property
    def now(self) -> SubStep | None:
        return self.made[self.at] if 0 <= self.at < len(self.made) else None

    def frame(self, views: Views) -> Frame:
        """What was seen when the line had run, without what is switched off."""
        if self.now is None:
            return frame_now(self.engine, views)
        shown = self.now.seen
        hidden = {name for name in ("manifold", "real", "fake", "arrows") if not getattr(views, name)}
        if views.map == "none":
            hidden.add("map")
        return Frame(
            {name: values for name, values in shown.arrays.items() if name not in hidden}, shown.bar, shown.arrow
        )

    def told(self) -> dict[str, object]:
        """The line for the browser, and the list of all ten stops."""
        stops = [[stop.number, stop.half, stop.title] for stop in STOPS]
        if self.now is None:
            return {"stops": stops, "number": 0}
        one = self.now
        source = loss_source(self.engine, one.stop.half) if one.stop.number in WITH_SOURCE else ""
        rounds = {"D": self.engine.settings.k, "G": self.engine.settings.g_updates}[one.stop.half]
        return {
            "stops": stops,
            "number": one.stop.number,
            "title": one.stop.title + (f" (update {one.round} of {rounds})" if rounds > 1 else ""),
            "formula": one.formula,
            "code": one.code,
            "place": one.place,
            "says": one.says,
            "source": source,
        }
