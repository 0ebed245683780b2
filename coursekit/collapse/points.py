"""GANs on points with known modes: a base for each toy, and the remedies of lesson 06 as changes to it, one each.

`with_remedies("ring8", "relativistic+fast-d")` is a recipe, `.start(seed)` a run that is ready to `fit`; `coursekit
train ring8 --remedy relativistic+fast-d` is the same from the command line.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from coursekit.data.replay import Replay
from coursekit.data.streams import Latent
from coursekit.data.toys import Toy, grid, ring
from coursekit.fit import Step
from coursekit.losses import RELATIVISTIC
from coursekit.metrics.modes import count_modes, good_share, mode_kl
from coursekit.nets.average import Average
from coursekit.nets.dcgan import plain
from coursekit.nets.minibatch import MinibatchDiscrimination, MinibatchStddev
from coursekit.nets.mlp import leaky_relu, mlp
from coursekit.nets.packing import Packed
from coursekit.penalties import r1_r2
from coursekit.recipes import Run, falling, name_of
from coursekit.steps.adversarial import adversarial, no_memory
from coursekit.steps.game import Game
from coursekit.steps.unrolled import unrolled

N_SAMPLES = 10_000  # for a count
N_COUNTS = 8  # counts a run, at even distances


def orthogonal(net: nn.Module, gain: float = 1.4) -> nn.Module:
    """Draw orthogonal weights into every dense layer of `net`, in place, set its biases to 0, and return it."""
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.orthogonal_(layer.weight, gain)
            nn.init.zeros_(layer.bias)
    return net


def plain_d(hidden: Sequence[int]) -> nn.Module:
    """Points (N, 2) -> scores (N, 1)."""
    return mlp((2, *hidden, 1), leaky_relu)


def stddev_d(hidden: Sequence[int]) -> nn.Module:
    """The same with one more input: the spread of the batch."""
    return nn.Sequential(MinibatchStddev(), mlp((3, *hidden, 1), leaky_relu))


def discriminating_d(hidden: Sequence[int], n_kernels: int = 5, kernel_dim: int = 3) -> nn.Module:
    """The same with n_kernels more inputs to the last layer: how close the other samples of the batch are."""
    beside = MinibatchDiscrimination(hidden[-1], n_kernels, kernel_dim)
    last = nn.Linear(hidden[-1] + n_kernels, 1)
    return nn.Sequential(mlp((2, *hidden), leaky_relu), leaky_relu(), beside, last)


def packed_d(hidden: Sequence[int], m: int) -> nn.Module:
    """The same on packs of m points: (N, 2) -> (N / m, 1)."""
    return Packed(mlp((2 * m, *hidden, 1), leaky_relu), m)


class NoMemory:
    """`no_memory` with the two methods of a part of a checkpoint."""

    def __init__(self, seed: int):
        pass

    def __call__(self, fake: Tensor, *cond: Tensor) -> tuple[Tensor, ...]:
        return no_memory(fake, *cond)

    def state_dict(self) -> dict:
        return {}

    def load_state_dict(self, state: dict) -> None:
        pass


def plain_step(game: Game, remember: Callable) -> Step:
    return adversarial(game, remember=remember)


def relativistic_step(game: Game, remember: Callable) -> Step:
    return adversarial(game, RELATIVISTIC, penalty=partial(r1_r2, weight=1.0), remember=remember)


def unrolled_step(game: Game, remember: Callable, k: int = 5, lr: float = 0.1) -> Step:
    return unrolled(game, k=k, lr=lr)


@dataclass(frozen=True)
class PointRecipe:
    """All that decides a run on points but the seed and the number of steps."""

    name: str
    toy: Callable[[], Toy]
    hidden: tuple[int, ...]  # of both nets
    latent: int
    g_lr: float
    n_steps: int
    ema: float  # decay of the averaged generator
    g_lr_end: float = 1.0  # G's rate falls linearly to g_lr_end * g_lr over the second half of the steps
    batch_size: int = 256
    betas: tuple[float, float] = (0.5, 0.999)  # Adam
    d_speed: float = 0.1  # D's rate as a multiple of G's
    make_d: Callable[[Sequence[int]], nn.Module] = plain_d
    step: Callable[[Game, Callable], Step] = plain_step
    memory: Callable[[int], Callable] = NoMemory
    init: Callable[[nn.Module], nn.Module] = orthogonal
    noise: Callable[..., Tensor] = torch.randn
    summary: str = "two multilayer perceptrons and the non-saturating loss"
    paper: str = "Goodfellow et al. 2014"
    extendable: bool = False  # counts are spread over all steps, and a rate may fall towards the last
    full_steps: int = 1600  # of the profile `full`; the ring needs no more

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number or a function's name in the recipe changes."""
        other = ("summary", "paper", "extendable", "full_steps")
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in other}
        return hashlib.sha256(json.dumps(values, default=name_of, sort_keys=True).encode()).hexdigest()[:12]

    def start(self, seed: int = 0, n_steps: int | None = None) -> Run:
        """Build nets, optimisers and streams from `seed`, on the CPU: the same seed gives the same run."""
        n_steps = n_steps or self.n_steps
        torch.manual_seed(seed)
        G = self.init(mlp((self.latent, *self.hidden, 2), leaky_relu))  # before D is made: all arms begin with one G
        D = self.init(self.make_d(self.hidden))
        g_adam = torch.optim.Adam(G.parameters(), self.g_lr, self.betas, fused=True)
        d_adam = torch.optim.Adam(D.parameters(), self.g_lr * self.d_speed, self.betas, fused=True)
        game = Game(G, D, g_adam, d_adam, Latent(self.latent, seed + 1, draw=self.noise))
        memory = self.memory(seed + 3)
        falls = partial(falling, n_steps, self.g_lr_end), partial(falling, n_steps, 1.0)
        rates = [torch.optim.lr_scheduler.LambdaLR(a, f) for a, f in zip((g_adam, d_adam), falls, strict=True)]
        toy = self.toy()
        counts = Counts(game.G, toy, self.latent, max(1, n_steps // N_COUNTS))
        meta = {"recipe": self.name, "recipe_hash": self.hash(), "data": toy.name, "seed": seed, "n_steps": n_steps}
        meta |= {"shape": [2], "precision": "torch.float32", "device": "cpu"}
        others = {"memory": memory, "counts": counts}
        batches = toy.batches(self.batch_size, seed + 2)
        return Run(self, self.step(game, memory), batches, game, Average(G, self.ema), rates, meta, others, (counts,))


class Counts:
    """A callback that counts modes: `rows` holds [step, modes held, share of good samples, KL] of G at even distances.

    It draws the same 10,000 noise vectors each time, from a generator of its own: the training does not notice.
    """

    def __init__(self, G: nn.Module, toy: Toy, latent: int, every: int):
        self.G, self.toy, self.every = G, toy, every
        self.z = Latent(latent, seed=12345)(N_SAMPLES)
        self.rows: list[list[float]] = []

    def __call__(self, n: int, losses: dict[str, Tensor]) -> None:
        if n % self.every == 0:
            self.rows.append([n, *self.of(self.G)])

    def of(self, G: nn.Module) -> tuple[int, float, float]:
        """Modes held, share of good samples and KL of another generator, on the same noise."""
        return count(G, self.z, self.toy)

    @property
    def best(self) -> int:
        """The most modes that were held at any count."""
        return max(int(modes) for _, modes, _, _ in self.rows)

    def state_dict(self) -> dict:
        return {"rows": self.rows}

    def load_state_dict(self, state: dict) -> None:
        self.rows = state["rows"]


@torch.no_grad()
def count(G: nn.Module, z: Tensor, toy: Toy) -> tuple[int, float, float]:
    """Modes held (at least 1 % of the samples within 3 sd), share of good samples, KL(counts || uniform) of G(z)."""
    samples, radius = G(z), 3 * toy.sd
    good = good_share(samples, toy.centers, radius)
    return count_modes(samples, toy.centers, radius), round(good, 4), round(mode_kl(samples, toy.centers), 4)


def figures(run: Run) -> dict:
    """The row of a finished run: G at the last count, the most modes it ever held, and the averaged generator."""
    counts = run.others["counts"]
    _, modes, good, kl = counts.rows[-1]
    average = dict(zip(("average_modes", "average_good", "average_kl"), counts.of(run.average.net), strict=True))
    return {"modes": modes, "good": good, "kl": kl, "best": counts.best, **average, "counts": counts.rows}


RING8 = PointRecipe("ring8", ring, hidden=(128, 128), latent=32, g_lr=1e-3, n_steps=1600, ema=0.99)
GRID25 = PointRecipe(
    "grid25",
    grid,
    hidden=(128, 128, 128),
    latent=16,
    g_lr=1.5e-3,
    n_steps=40_000,
    ema=0.999,
    g_lr_end=0.02,
    init=plain,  # PyTorch's own initial weights: with the ring's it held 11 modes instead of 14
    full_steps=160_000,
)
BASES = {base.name: base for base in (RING8, GRID25)}


class Remedy(NamedTuple):
    """One change to a `PointRecipe`, and whose idea it is."""

    paper: str
    field: str
    value: object


REMEDIES = {
    "fast-d": Remedy("Heusel et al. 2017", "d_speed", 1.0),
    "minibatch-stddev": Remedy("Karras et al. 2018", "make_d", stddev_d),
    "minibatch-discrimination": Remedy("Salimans et al. 2016", "make_d", discriminating_d),
    "relativistic": Remedy("Huang et al. 2024", "step", relativistic_step),
    "replay": Remedy("Shrivastava et al. 2017", "memory", partial(Replay, 10_000)),
    "unrolled": Remedy("Metz et al. 2017", "step", unrolled_step),
    "pac2": Remedy("Lin et al. 2018", "make_d", partial(packed_d, m=2)),
    "pac4": Remedy("Lin et al. 2018", "make_d", partial(packed_d, m=4)),
}


def with_remedies(base: str, remedies: str = "") -> PointRecipe:
    """The recipe `base` with the changes of one remedy, or of several joined by +: "relativistic+fast-d"."""
    if not remedies:
        return BASES[base]
    changed, papers = {}, []
    for name in remedies.split("+"):
        if name not in REMEDIES:
            raise ValueError(f"there is no remedy {name!r}: choose from {', '.join(REMEDIES)}, or join some with +")
        paper, field, value = REMEDIES[name]
        if field in changed:
            raise ValueError(f"{remedies} changes {field} twice: these two cannot be joined")
        changed[field] = value
        papers.append(paper)
    words = {"summary": f"{BASES[base].summary}, with {remedies}", "paper": "; ".join(papers)}
    return replace(BASES[base], name=f"{base} {remedies}", **changed, **words)
