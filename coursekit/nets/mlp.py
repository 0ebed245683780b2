"""Multilayer perceptrons, as in the first GAN paper, for points and for small images."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


def mlp(sizes: Sequence[int], activation: Callable[[], nn.Module]) -> nn.Sequential:
    """Dense layers of the given sizes with `activation()` between them and none after the last."""
    layers: list[nn.Module] = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*layers[:-1])


def leaky_relu() -> nn.Module:
    """max(x, 0.2 x): the slope that DCGAN uses in its discriminator."""
    return nn.LeakyReLU(0.2)


class ImageGenerator(nn.Module):
    """Noise (N, latent) -> images (N, *shape) in [-1, 1]: dense layers with batch normalisation and ReLU, then tanh."""

    def __init__(self, shape: tuple[int, int, int], latent: int = 100, hidden: Sequence[int] = (512, 512)):
        super().__init__()
        self.shape = shape
        layers: list[nn.Module] = []
        for n_in, n_out in zip((latent, *hidden[:-1]), hidden, strict=True):
            layers += [nn.Linear(n_in, n_out, bias=False), nn.BatchNorm1d(n_out), nn.ReLU()]  # BN has the bias
        self.layers = nn.Sequential(*layers, nn.Linear(hidden[-1], math.prod(shape)))

    def forward(self, z: Tensor) -> Tensor:
        return torch.tanh(self.layers(z)).unflatten(1, self.shape)


class ImageDiscriminator(nn.Module):
    """Images (N, *shape) -> scores (N, 1): dense layers with leaky ReLU; no normalisation, so penalties apply."""

    def __init__(self, shape: tuple[int, int, int], hidden: Sequence[int] = (512, 256)):
        super().__init__()
        self.layers = mlp((math.prod(shape), *hidden, 1), leaky_relu)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x.flatten(1))
