"""A recipe and a run of it: a name -> everything needed to train."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial

import torch
from torch import nn

from coursekit import checkpoints
from coursekit.data.images import Images
from coursekit.data.streams import Batches, Latent
from coursekit.device import pick_precision
from coursekit.fit import Callback, Step, fit
from coursekit.history import History
from coursekit.nets.average import Average
from coursekit.nets.precision import InPrecision
from coursekit.scale.captured import CapturableAdam, adam, with_average
from coursekit.scale.distributed import ALONE, Processes
from coursekit.steps.game import Game

Shape = tuple[int, int, int]  # (channels, height, width)
NOT_IN_HASH = ("summary", "n_steps", "full_steps", "data")  # a run's own record says which steps and data it had


@dataclass(frozen=True)
class Recipe:
    """All that decides a run but the data, the seed and the number of steps."""

    name: str
    summary: str
    paper: str
    departures: tuple[str, ...]
    nets: Callable[[Shape, int], tuple[nn.Module, nn.Module]]  # (image shape, latent) -> (G, D)
    step: Callable[[Game], Step]
    latent: int
    noise: Callable[..., torch.Tensor]
    batch_size: int
    lr: float  # of both nets
    betas: tuple[float, float]  # Adam
    lr_end: float  # the rate falls linearly to lr_end * lr over the second half of the steps; 1 keeps it
    ema: float  # decay of the averaged generator; 0 for none
    any_precision: bool  # True: bfloat16 where the device has it; False: float32 as in the paper
    n_steps: int  # about one minute on 2 CPU cores, but for dcgan-long
    full_steps: int  # of the profile `full`: up to an hour on one core
    data: str = "mnist"  # what it trains on unless it is told otherwise

    @property
    def extendable(self) -> bool:
        """Whether a finished run can go on to more steps: not where the rate falls towards the last one."""
        return self.lr_end == 1

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number or a function's name in the recipe changes."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NOT_IN_HASH}
        text = json.dumps(values, default=name_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def start(self, images: Images, n_steps: int, seed: int = 0, processes: Processes = ALONE) -> "Run":
        """Build nets, optimisers and streams from `seed`, on the images' device: the same seed gives the same run.

        With several `processes` each works on its part of every batch; see `coursekit.scale.distributed`.
        """
        device = images.images.device
        dtype = pick_precision(device) if self.any_precision else torch.float32
        torch.manual_seed(seed)
        nets = [InPrecision(net.to(device), dtype) for net in self.nets(tuple(images.images.shape[1:]), self.latent)]
        G, D = map(processes.shared, nets)
        g_adam, d_adam = (adam(net, self.lr, self.betas, device, processes.size == 1) for net in (G, D))
        latent = processes.part_of_latent(Latent(self.latent, seed + 1, device, self.noise))
        game = Game(G, D, g_adam, d_adam, latent)
        batches = processes.part_of_batches(images.batches(self.batch_size, seed + 2))
        meta = {"recipe": self.name, "recipe_hash": self.hash(), "data": images.name, "seed": seed, "n_steps": n_steps}
        meta |= {"shape": list(images.images.shape[1:]), "precision": str(dtype), "device": device.type}
        rates = [torch.optim.lr_scheduler.LambdaLR(a, partial(falling, n_steps, self.lr_end)) for a in (g_adam, d_adam)]
        return Run(self, self.step(game), batches, game, Average(nets[0], self.ema), rates, meta)


@dataclass
class Run:
    """A recipe in motion: `run.fit()` trains to the end; all of its state is in `parts`."""

    recipe: Recipe
    step: Step
    batches: Batches
    game: Game
    average: Average
    rates: list[torch.optim.lr_scheduler.LRScheduler]
    meta: dict
    others: dict[str, checkpoints.Stateful] = field(default_factory=dict)  # more state: a replay buffer, for one
    watchers: tuple[Callback, ...] = ()  # called after each step, before `fit`'s own callbacks

    def __post_init__(self) -> None:
        self.history = History(self.meta)

    def fit(self, callbacks: tuple[Callback, ...] = (), progress: bool = True) -> History:
        """Train until the history holds `n_steps` steps; a run that was loaded goes on where it was."""
        capture = isinstance(self.game.g_optimizer, CapturableAdam)
        step, average = with_average(self.step, self.average, self.batches, self.game.latent, capture=capture)
        callbacks = (*average, lambda n, losses: [rate.step() for rate in self.rates], *self.watchers, *callbacks)
        return fit(step, self.batches, self.meta["n_steps"], callbacks, self.history, progress)

    @property
    def nets(self) -> dict[str, nn.Module]:
        """What a reader of the finished run needs: the nets and the averaged generator."""
        return {"G": self.game.G, "D": self.game.D, "average": self.average.net}

    @property
    def parts(self) -> dict[str, checkpoints.Stateful]:
        """What an exact resume needs."""
        game, (g_rate, d_rate) = self.game, self.rates
        optimisers = {
            "g_optimizer": game.g_optimizer,
            "d_optimizer": game.d_optimizer,
            "g_rate": g_rate,
            "d_rate": d_rate,
        }
        streams = {"batches": self.batches, "latent": game.latent, "global": checkpoints.GlobalGenerator()}
        nets = {"G": game.G, "D": game.D, "average": self.average}
        return {**nets, **optimisers, **streams, "history": self.history, **self.others}

    def sample(self, n: int, seed: int = 0) -> torch.Tensor:
        """`n` images in [-1, 1] from the averaged generator in eval mode, on the device."""
        latent = Latent(self.recipe.latent, seed, self.game.latent.generator.device, self.recipe.noise)
        return drawn(self.average.net, latent, n)


@torch.no_grad()
def drawn(G: nn.Module, latent: Latent, n: int) -> torch.Tensor:
    """`n` samples of a generator, which is put into eval mode, on its device."""
    G.eval()
    return torch.cat([G(latent(min(500, n - i))) for i in range(0, n, 500)])


def falling(n_steps: int, end: float, n: int) -> float:
    """The factor on the rate after `n` steps: 1 in the first half, then linear down to `end` at `n_steps`."""
    half = n_steps / 2
    return 1 - (1 - end) * min(1.0, max(0.0, (n - half) / max(half, 1)))


def name_of(function: Callable) -> str:
    """A function's name with the keywords that `partial` set: what a hash of a recipe sees of it."""
    if isinstance(function, partial):
        named = {key: name_of(value) if callable(value) else value for key, value in function.keywords.items()}
        return f"{name_of(function.func)}({named})"
    return getattr(function, "__name__", repr(function))
