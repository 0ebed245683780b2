"""The two nets of the playground and their game: multilayer perceptrons on the plane."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from coursekit.data.streams import Latent, uniform
from coursekit.nets.minibatch import MinibatchStddev, minibatch_stddev
from coursekit.nets.mlp import leaky_relu, mlp
from coursekit.nets.spectral import spectral_norm
from coursekit.steps.game import Game
from coursekit.widgets.playground.settings import Settings

NOISE = {"normal": torch.randn, "uniform": uniform}


class Critic(nn.Module):
    """Points (N, 2) -> scores (N, 1)."""

    def __init__(self, width: int, n_layers: int):
        super().__init__()
        self.features = nn.Sequential(mlp((2, *[width] * n_layers), leaky_relu), leaky_relu())
        self.head = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))

    def beside(self, x: Tensor, company: Tensor) -> Tensor:
        """The score of each x; this D looks at one point at a time, so the company does not matter."""
        return self(x)


class DiverseCritic(Critic):
    """The same with one more feature in front of the last layer: how varied the batch is (Karras et al. 2018)."""

    def __init__(self, width: int, n_layers: int):
        super().__init__(width, n_layers)
        self.head = nn.Sequential(MinibatchStddev(), nn.Linear(width + 1, 1))

    def beside(self, x: Tensor, company: Tensor) -> Tensor:
        """The score of each x as if it stood in the batch `company`: with that batch's spread, not that of all x."""
        spread = minibatch_stddev(self.features(company))[:1, -1:]
        return self.head[1](torch.cat([self.features(x), spread.expand(len(x), 1)], 1))


CRITIC = {False: Critic, True: DiverseCritic}


def critic(settings: Settings) -> Critic:
    made = CRITIC[settings.minibatch_stddev](settings.width, settings.n_layers)
    if settings.spectral_norm:
        for layer in [layer for layer in made.modules() if isinstance(layer, nn.Linear)]:
            spectral_norm(layer)
    return made


def optimizer(settings: Settings, net: nn.Module, lr: float) -> Optimizer:
    if settings.optimizer == "SGD":
        return SGD(net.parameters(), lr)
    return Adam(net.parameters(), lr, betas=(0.5, 0.999), fused=True)


def game(settings: Settings) -> Game:
    """New nets, optimisers and noise; the nets' first weights come from torch's global generator."""
    G = mlp((settings.latent, *[settings.width] * settings.n_layers, 2), leaky_relu)
    D = critic(settings)
    return with_optimizers(Game(G, D, *(SGD(net.parameters(), 1.0) for net in (G, D)), noise(settings)), settings)


def with_optimizers(old: Game, settings: Settings) -> Game:
    """The same nets and noise with new optimisers."""
    g_optimizer, d_optimizer = optimizer(settings, old.G, settings.g_lr), optimizer(settings, old.D, settings.d_lr)
    return Game(old.G, old.D, g_optimizer, d_optimizer, old.latent)


def noise(settings: Settings) -> Latent:
    return Latent(settings.latent, settings.seed + 1, draw=NOISE[settings.noise])


class Resting(Optimizer):
    """Stands in for an optimiser whose net shall not move: clears gradients, updates nothing."""

    def __init__(self, net: nn.Module):
        super().__init__(net.parameters(), {})

    def step(self, closure: object = None) -> None:
        """Leave the net as it is."""


@contextlib.contextmanager
def looked_at(net: nn.Module) -> Iterator[nn.Module]:
    """Within the block looking at the net moves nothing in it, not even the vectors of a spectral norm."""
    net.eval()
    try:
        yield net
    finally:
        net.train()
