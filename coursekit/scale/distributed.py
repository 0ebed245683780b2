"""One run on several processes: each takes its part of every batch, and torch's DistributedDataParallel averages.

`torchrun --nproc-per-node 2 -m coursekit train dcgan ...` starts the processes. All hold the same streams in the same
state and draw the same whole batch and noise; each works on its own rows. A run is therefore the same run on any number
of processes, up to rounding and to what a net does with a whole batch: batch normalisation and minibatch statistics are
those of a process's part, and of batch normalisation's running statistics the first process's are kept. Dropout and a
penalty's mix draw the same numbers in each process.
"""

import contextlib
import inspect
import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.distributed import destroy_process_group, init_process_group
from torch.nn.parallel import DistributedDataParallel

from coursekit.data.streams import Batches, Latent

ARGUMENTS = inspect.signature(DistributedDataParallel).parameters
OWN_BUFFERS = {"forward_sync_buffers" if "forward_sync_buffers" in ARGUMENTS else "broadcast_buffers": False}  # renamed


@dataclass(frozen=True)
class Processes:
    """Which of how many processes this one is; where it is alone, nothing is split or wrapped."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes files and shows progress."""
        return self.rank == 0

    def shared(self, net: nn.Module) -> nn.Module:
        """The net with gradients that are averaged over the processes, and with the first process's weights."""
        return net if self.size == 1 else Shared(net, **OWN_BUFFERS)

    def part_of_batches(self, batches: Batches) -> "Batches | PartOfBatches":
        """The stream of this process's rows; ValueError where they cannot be dealt evenly."""
        if batches.batch_size % self.size:
            raise ValueError(
                f"a batch of {batches.batch_size} cannot be dealt to {self.size} processes: their number must divide it"
            )
        return batches if self.size == 1 else PartOfBatches(batches, self)

    def part_of_latent(self, latent: Latent) -> "Latent | PartOfLatent":
        """The same for noise."""
        return latent if self.size == 1 else PartOfLatent(latent, self)

    def rows(self, whole: Tensor) -> Tensor:
        """This process's rows of a batch."""
        n = len(whole) // self.size
        return whole[self.rank * n : (self.rank + 1) * n]


ALONE = Processes()


class Shared(DistributedDataParallel):
    """DistributedDataParallel for a net that plays a game: it may be frozen, and its state is the plain net's."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """As the net; where nothing of it is to be learned, DDP is not told, for it would wait for gradients."""
        if not torch.is_grad_enabled() or not any(p.requires_grad for p in self.module.parameters()):
            return self.module(*inputs)
        return super().forward(*inputs)

    def state_dict(self) -> dict:
        return self.module.state_dict()

    def load_state_dict(self, state: dict) -> object:
        return self.module.load_state_dict(state)


@dataclass
class PartOfBatches:
    """This process's rows of every batch of a stream that all processes hold in the same state."""

    whole: Batches
    processes: Processes

    def __iter__(self) -> "PartOfBatches":
        return self

    def __next__(self) -> tuple[Tensor, ...]:
        return tuple(self.processes.rows(tensor) for tensor in next(self.whole))

    def state_dict(self) -> dict:
        return self.whole.state_dict()

    def load_state_dict(self, state: dict) -> None:
        self.whole.load_state_dict(state)


@dataclass
class PartOfLatent:
    """This process's rows of noise: `latent(n)` draws n for every process and returns n of them."""

    whole: Latent
    processes: Processes

    def __call__(self, n: int) -> Tensor:
        return self.processes.rows(self.whole(n * self.processes.size))

    @property
    def generator(self) -> torch.Generator:
        return self.whole.generator

    def state_dict(self) -> dict:
        return self.whole.state_dict()

    def load_state_dict(self, state: dict) -> None:
        self.whole.load_state_dict(state)


@contextlib.contextmanager
def joined() -> Iterator[Processes]:
    """The processes that torchrun has started, this one among them, for the length of the block; else one alone.

    With CUDA each process takes the GPU of its local number and they talk by NCCL, otherwise by gloo.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    with_cuda = torch.cuda.is_available()
    if with_cuda:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    init_process_group("nccl" if with_cuda else "gloo")
    try:
        yield Processes(int(os.environ["RANK"]), size)
    finally:
        destroy_process_group()
