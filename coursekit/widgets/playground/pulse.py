"""When to draw: as often as the browser keeps up and drawing stays cheap, and not at all while nobody looks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

IN_FLIGHT = 3  # frames sent and not yet drawn by the browser
SHORTEST = 1 / 25  # seconds between two frames, which wait for the end of a slice as well
SHARE = 0.12  # of the time that frames may take; figures may take a third as much
FIGURES_EVERY = 0.5
UNSEEN = 300  # seconds without a word from a browser, after which a run is paused


class Pulse:
    """Counts frames sent and acknowledged; `training` and `drawing` are seconds of a processor spent on each."""

    def __init__(self) -> None:
        self.sent = self.drawn = 0
        self.training = self.drawing = 0.0
        self.next_frame = self.next_figures = 0.0
        self.heard()

    def heard(self) -> None:
        self.last_word = time.monotonic()

    def acknowledged(self, number: object) -> None:
        """A browser has drawn frame `number`; of two views the faster one leads."""
        if type(number) is int and self.drawn < number <= self.sent:
            self.drawn = number
        self.heard()

    def forgive(self) -> None:
        """A new page has come: it will never acknowledge what an old one was sent."""
        self.drawn = self.sent
        self.heard()

    @property
    def unseen(self) -> bool:
        return time.monotonic() - self.last_word > UNSEEN

    @property
    def due(self) -> bool:
        return self.sent - self.drawn < IN_FLIGHT and time.monotonic() >= self.next_frame

    @property
    def figures_due(self) -> bool:
        return time.monotonic() >= self.next_figures

    @contextmanager
    def frame(self) -> Iterator[None]:
        """The block makes and sends a frame; the next one waits the longer, the longer it took."""
        start, before = time.monotonic(), self.drawing
        with self.spent("drawing"):
            yield
        self.next_frame = start + max(SHORTEST, (self.drawing - before) / SHARE)
        self.sent += 1

    @contextmanager
    def figures(self) -> Iterator[None]:
        """The block measures the figures."""
        start, before = time.monotonic(), time.thread_time()
        yield
        self.next_figures = start + max(FIGURES_EVERY, 3 * (time.thread_time() - before) / SHARE)

    @contextmanager
    def spent(self, on: str) -> Iterator[None]:
        """Add the block's processor time to `training` or `drawing`."""
        start = time.thread_time()
        try:
            yield
        finally:
            setattr(self, on, getattr(self, on) + time.thread_time() - start)
