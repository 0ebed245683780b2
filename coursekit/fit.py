"""The one training loop: it calls a step, shows progress, stops politely, and knows nothing about GANs."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from torch import Tensor
from tqdm.auto import tqdm

from coursekit.history import History

Step = Callable[[Iterator], dict[str, Tensor]]
Callback = Callable[[int, dict[str, Tensor]], None]
LOOK_EVERY = 50  # steps between two looks at the losses: each look waits for the device


class Diverged(RuntimeError):
    """A loss became NaN or infinite; `step` says when, `history` holds every loss up to the last look."""

    def __init__(self, step: int, name: str, value: float, history: History):
        self.step, self.name, self.value, self.history = step, name, value, history
        super().__init__(
            f"{name} became {value} at step {step}. Likely causes: a learning rate that is too high, a log of 0 (use "
            "losses on raw scores), a penalty whose norm has no slope at 0, or data that is not finite. Look at "
            f"history[{name!r}] up to that step, then start again with a lower rate"
        )


def fit(
    step: Step,
    batches: Iterator[tuple[Tensor, ...]],
    n_steps: int,
    callbacks: Iterable[Callback] = (),
    history: History | None = None,
    progress: bool = True,
) -> History:
    """Call `step(batches)` until `history` holds `n_steps` steps, and return that history.

    `step(batches)` draws what it needs from the iterator and returns a dict of 0-d losses. After each step every
    callback gets `(n, losses)`, n being the number of steps done. A `history` that already holds steps is continued.
    Interrupt (Ctrl-C, or the kernel's stop button) ends the run after the step in progress and returns the history so
    far; a second Interrupt acts at once. Every 50 steps the losses are read: one that is not finite raises `Diverged`
    with the first bad step.
    """
    history = History() if history is None else history
    callbacks = tuple(callbacks)
    first = len(history)
    with _interruptible() as interrupted, _bar(first, n_steps, progress) as bar:
        for n in range(first + 1, n_steps + 1):
            losses = step(batches)
            history.append(losses)
            for callback in callbacks:
                callback(n, losses)
            if n % LOOK_EVERY == 0 or n == n_steps or interrupted.is_set():
                _look(history, n, bar)
            if interrupted.is_set():
                bar.write(f"Interrupted after step {n} of {n_steps}: the nets are usable, the history has {n} steps.")
                break
    return history


def every(n_steps: int, callback: Callback) -> Callback:
    """A callback that runs only every `n_steps` steps."""

    def sometimes(n: int, losses: dict[str, Tensor]) -> None:
        if n % n_steps == 0:
            callback(n, losses)

    return sometimes


def _look(history: History, n: int, bar: tqdm) -> None:
    """Read the losses since the last look, show the newest, and raise at the first that is not finite."""
    newest = history.newest((n - 1) % LOOK_EVERY + 1)
    bad = [
        (int(np.isfinite(values).argmin()), name) for name, values in newest.items() if not np.isfinite(values).all()
    ]
    if bad:
        offset, name = min(bad)
        raise Diverged(n - len(newest[name]) + 1 + offset, name, float(newest[name][offset]), history)
    bar.set_postfix_str(" ".join(f"{name} {values[-1]:.3f}" for name, values in newest.items()), refresh=False)
    bar.update(n - bar.n)


def _bar(first: int, n_steps: int, progress: bool) -> tqdm:
    return tqdm(total=n_steps, initial=first, disable=not progress, unit="step", leave=True, dynamic_ncols=True)


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that the first Interrupt sets; the second raises KeyboardInterrupt as usual."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event  # signals reach the main thread only
        return

    def on_interrupt(signum: int, frame: object) -> None:
        event.set()
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)
