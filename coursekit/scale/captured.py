"""A whole training step as one CUDA graph: recorded once, then replayed by a single launch.

A small GAN on a GPU waits for its launches, hundreds of them a step, and not for its arithmetic. A graph holds them
all: the draw of the batch from the tensor on the device, the noise, both updates and the average of the generator. It
replays what the Python of the step did while it was recorded. A step in which Python itself decides something anew each
time, as a replay buffer does, must not be captured.
"""

from collections.abc import Iterator

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
        if device.type != "cuda":
            self._run_eagerly(f"a graph is recorded on CUDA, these batches are on {device}")

    def __call__(self, batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        if batches is not self.streams[0]:
            raise ValueError(
                "this step was captured with another stream of batches: call captured() again for the new one, since a "
                "graph draws from the stream that it was recorded with"
            )
        if self.graph is None and not self.reason and self.n_eager >= N_EAGER:
            self._record(batches)
        if self.graph is None:
            self.n_eager += 1
            return self._whole(batches) if self.reason else self._on_a_side_stream(batches)
        self.graph.replay()
        return {name: value.clone() for name, value in self.losses.items()}  # the next replay overwrites them

    def _whole(self, batches: Iterator) -> dict[str, Tensor]:
        losses = {name: loss.detach() for name, loss in self.step(batches).items()}
        for callback in self.inside:
            callback(0, losses)
        return losses

    def _on_a_side_stream(self, batches: Iterator) -> dict[str, Tensor]:
        """An eager step as CUDA wants them before a recording: not on the default stream."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            losses = self._whole(batches)
        torch.cuda.current_stream().wait_stream(side)
        return losses

    def _record(self, batches: Iterator) -> None:
        """Records one step without running it; where that fails, the streams are put back and steps stay eager."""
        generators = [stream.generator for stream in self.streams]
        before = [generator.get_state() for generator in generators]
        graph = torch.cuda.CUDAGraph()
        for generator in generators:
            graph.register_generator_state(generator)
        try:
            with torch.cuda.graph(graph):
                self.losses = self._whole(batches)
        except RuntimeError as error:
            for generator, state in zip(generators, before, strict=True):
                generator.set_state(state)
            return self._run_eagerly(str(error).splitlines()[0])
        self.graph = graph

    def _run_eagerly(self, reason: str) -> None:
        self.reason = reason
        print(f"Steps are not captured but run one operation after another: {reason}.")


class CapturableAdam(torch.optim.Adam):
    """Fused Adam whose counter and rate are tensors on the parameters' device, so that a graph follows a schedule.

    Kingma & Ba 2015, alg. 1, as torch.optim.Adam. A state that is loaded is moved to that device.
    """

    def __init__(self, parameters: Iterator[nn.Parameter], lr: float, betas: tuple[float, float]):
        parameters = list(parameters)
        rate = torch.tensor(lr, device=parameters[0].device)
        super().__init__(parameters, rate, betas, fused=True, capturable=True)

    def load_state_dict(self, state_dict: dict) -> None:
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["lr"] = torch.as_tensor(group["lr"], device=group["params"][0].device).clone()
