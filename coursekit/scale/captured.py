"""A whole training step as one CUDA graph: recorded once, then replayed by a single launch.

A small GAN on a GPU waits for its launches, hundreds of them a step, and not for its arithmetic. A graph holds them
all: the draw of the batch from the tensor on the device, the noise, both updates and the average of the generator. It
replays what the Python of the step did while it was recorded. A step in which Python itself decides something anew each
time, as a replay buffer does, must not be captured.
"""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from coursekit.data.streams import Batches, Latent
from coursekit.fit import Callback, Step

N_EAGER = 3  # steps before the recording: libraries choose their kernels and optimisers make their state


def captured(step: Step, batches: Batches, *noise: Latent, inside: tuple[Callback, ...] = ()) -> "Captured":
    """`step` as a step for `fit` on `batches`, replayed from a CUDA graph from its fourth call on.

    `noise` are all the other streams with a private generator that the step draws from. The callbacks `inside` become
    part of the step, before those of `fit`; they get 0 for the number of steps. Losses and weights are those of the
    eager step on the same seeds. Where there is no CUDA, and where a step cannot be recorded (it reads a value off the
    device, say), every step runs as it is, and one printed line says why. Optimisers must be `CapturableAdam`.
    """
    return Captured(step, (batches, *noise), inside)


def with_average(
    step: Step, average: Callback, batches: Batches, *noise: Latent, capture: bool
) -> tuple[Step, tuple[Callback, ...]]:
    """What a trainer gives to `fit`, a step and its first callbacks: where `capture` is set, both in one graph."""
    if capture:
        return captured(step, batches, *noise, inside=(average,)), ()
    return step, (average,)


def adam(
    net: nn.Module, lr: float, betas: tuple[float, float], device: torch.device, alone: bool = True
) -> torch.optim.Adam:
    """Adam in the fastest form that the device has: on a GPU that works alone one that can be captured, else fused."""
    if device.type == "cuda" and alone:
        return CapturableAdam(net.parameters(), lr, betas)
    return torch.optim.Adam(net.parameters(), lr, betas, fused=device.type in ("cpu", "cuda"))


class Captured:
    """What `captured` returns: `reason` says why it runs eagerly, and is empty where it replays."""

    def __init__(self, step: Step, streams: tuple[Batches | Latent, ...], inside: tuple[Callback, ...]):
        self.step = step
        self.streams = streams
        self.inside = inside
        self.n_eager = 0
        self.graph: torch.cuda.CUDAGraph | None = None
        self.losses: dict[str, Tensor] = {}
        self.reason = ""
        device = streams[0].generator.device
        if device.type == "cuda":
            self.side = torch.cuda.Stream(
                device
            )  # CUDA records on no default stream, and wants to have run there before
        else:
            self._run_eagerly(f"a graph is recorded on CUDA, these batches are on {device}")

    def __call__(self, batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        if batches is not self.streams[0]:
            raise ValueError(
                "this step was captured with another stream of batches: call captured() again for the new one, since a "
                "graph draws from the stream that it was recorded with"
            )
        if self.graph is None and not self.reason and self.n_eager == N_EAGER:
            self._record(batches)
        if self.graph is not None:
            self.graph.replay()
            return {name: value.clone() for name, value in self.losses.items()}  # the next replay overwrites them
        self.n_eager += 1
        if self.reason:
            return self._whole(batches)
        return self._watched(batches) if self.n_eager == N_EAGER else self._on_the_side(batches)

    def _whole(self, batches: Iterator) -> dict[str, Tensor]:
        losses = {name: loss.detach() for name, loss in self.step(batches).items()}
        for callback in self.inside:
            callback(0, losses)
        return losses

    def _on_the_side(self, batches: Iterator) -> dict[str, Tensor]:
        """An eager step on the stream that will record."""
        self.side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.side):
            losses = self._whole(batches)
        torch.cuda.current_stream().wait_stream(self.side)
        return losses

    def _watched(self, batches: Iterator) -> dict[str, Tensor]:
        """The same, and where it waits for the device, as `.item()` does, steps stay eager: it cannot be recorded."""
        losses, waits = waits_of(lambda: self._on_the_side(batches))
        if waits:
            self._run_eagerly(f"the step waits for the device in {', '.join(waits)}")
        return losses

    def _record(self, batches: Iterator) -> None:
        """Records one step without running it; where that fails, all is put back and steps stay eager."""
        stream = torch.cuda.current_stream()
        generators = [part.generator for part in self.streams]
        everyone = [*generators, torch.cuda.default_generators[self.side.device_index]]
        spares = [generator.clone_state() for generator in everyone]
        graph = torch.cuda.CUDAGraph()
        for generator in generators:
            graph.register_generator_state(generator)
        try:
            with torch.cuda.graph(graph, stream=self.side):
                self.losses = self._whole(batches)
        except RuntimeError as error:
            torch.cuda.set_stream(stream)  # a recording that fails leaves its own stream current,
            for generator, spare in zip(everyone, spares, strict=True):
                generator.graphsafe_set_state(spare)  # and its generators waiting for its end
            return self._run_eagerly(str(error.__context__ or error).splitlines()[0])
        self.graph = graph

    def _run_eagerly(self, reason: str) -> None:
        self.reason = reason
        print(f"Steps are not captured but run one operation after another: {reason}.")


def waits_of(work: Callable[[], dict[str, Tensor]]) -> tuple[dict[str, Tensor], list[str]]:
    """What `work()` returns, and the lines of Python ("file.py:12") in which it made the CPU wait for the GPU."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            result = work()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    waits = [w for w in caught if "called a synchronizing" in str(w.message)]
    for w in caught:
        if w not in waits and "prototype feature" not in str(w.message):
            warnings.warn_explicit(w.message, w.category, w.filename, w.lineno)
    return result, list(dict.fromkeys(f"{Path(w.filename).name}:{w.lineno}" for w in waits))


class CapturableAdam(torch.optim.Adam):
    """Fused Adam whose counter and rate are tensors on the parameters' device, so that a graph follows a schedule.

    Kingma & Ba 2015, alg. 1, as torch.optim.Adam. A state that is loaded is moved to that device.
    """

    def __init__(self, parameters: Iterator[nn.Parameter], lr: float, betas: tuple[float, float]):
        super().__init__(parameters, lr, betas, fused=True, capturable=True)
        self._put_rates_on_the_device()

    def load_state_dict(self, state_dict: dict) -> None:
        super().load_state_dict(state_dict)
        self._put_rates_on_the_device()

    def _put_rates_on_the_device(self) -> None:
        for group in self.param_groups:
            group["lr"] = torch.as_tensor(group["lr"], device=group["params"][0].device).clone()
