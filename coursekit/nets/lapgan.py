"""The pair of one LAPGAN level (Denton et al. 2015, sec. 3.1): detail for an image that was enlarged.

Both nets see `low`, the image of the coarser level at this level's size, and a label where they were built with
classes. The noise is one more plane of the image, as in the paper.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from coursekit.nets.dcgan import plain
from coursekit.nets.mlp import ImageGenerator, leaky_relu, mlp


class ClassPlanes(nn.Module):
    """Labels (N,) -> one learned plane (N, 1, size, size) for each class, rectified; none for no classes."""

    def __init__(self, n_classes: int, size: int):
        super().__init__()
        self.n_classes, self.size = n_classes, size
        if n_classes:
            self.planes = nn.Linear(n_classes, size * size)

    @property
    def channels(self) -> int:
        return min(self.n_classes, 1)

    def forward(self, *label: Tensor) -> list[Tensor]:
        if len(label) != self.channels:
            raise ValueError(
                f"got {len(label)} tensors of labels, this level was built for {self.n_classes} classes: "
                f"{'give labels (N,) after low' if self.n_classes else 'build it with n_classes='}"
            )
        planes = (torch.relu(self.planes(one_hot(y, self.n_classes).float())) for y in label)
        return [plane.view(-1, 1, self.size, self.size) for plane in planes]


class LevelGenerator(nn.Module):
    """(z, low, *label) -> residual (N, channels, size, size), which is to be added to low.

    z is (N, size * size), one noise plane, uniform on [-1, 1); low is (N, channels, size, size); label is (N,) with
    `n_classes`, else absent. Three convolutions of `width` channels at full size with batch normalisation and ReLU, and
    a last one without either: a residual has both signs and no bound that tanh could serve.
    """

    def __init__(self, size: int, channels: int = 1, width: int = 32, n_classes: int = 0):
        super().__init__()
        self.size = size
        self.label = ClassPlanes(n_classes, size)
        widths = [channels + 1 + self.label.channels, width, width, width]
        layers: list[nn.Module] = []
        for n_in, n_out in zip(widths[:-1], widths[1:], strict=True):
            layers += [nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, z: Tensor, low: Tensor, *label: Tensor) -> Tensor:
        check_level(low, self.size)
        noise = z.view(len(z), 1, self.size, self.size)
        return self.layers(torch.cat([noise, low, *self.label(*label)], 1))


class LevelDiscriminator(nn.Module):
    """(residual, low, *label) -> scores (N, 1) of the image low + residual.

    The sum comes first of all, so that D judges images and never a residual alone (sec. 3.1 and the released code's
    CAddTable). Two convolutions (kernel 4, stride 2) with leaky ReLU, then one over all that is left. `wrap` is applied
    to each convolution (spectral normalisation, for one).
    """

    def __init__(
        self,
        size: int,
        channels: int = 1,
        width: int = 32,
        n_classes: int = 0,
        wrap: Callable[[nn.Module], nn.Module] = plain,
    ):
        super().__init__()
        self.size = size
        self.label = ClassPlanes(n_classes, size)
        self.features = nn.Sequential(
            *(wrap(nn.Conv2d(channels + self.label.channels, width, 4, 2, 1)), nn.LeakyReLU(0.2)),
            *(wrap(nn.Conv2d(width, 2 * width, 4, 2, 1)), nn.LeakyReLU(0.2)),
        )
        self.score = wrap(nn.Conv2d(2 * width, 1, size // 4))

    def forward(self, residual: Tensor, low: Tensor, *label: Tensor) -> Tensor:
        check_level(low, self.size)
        image = low + residual
        return self.score(self.features(torch.cat([image, *self.label(*label)], 1))).flatten(1)


def check_level(low: Tensor, size: int) -> None:
    """Raise ValueError where low has another size than the level: the likeliest mistake is to forget `upsample`."""
    if low.shape[2:] != (size, size):
        raise ValueError(
            f"low is {low.shape[2]} x {low.shape[3]} pixels, this level has {size}: give the coarser image after "
            "`upsample`, at the size of the residual"
        )


class CoarseGenerator(nn.Module):
    """(z, *label) -> the coarsest images (N, *shape) in [-1, 1]: a perceptron, with the label as one-hot numbers."""

    def __init__(self, shape: tuple[int, int, int], latent: int = 32, width: int = 256, n_classes: int = 0):
        super().__init__()
        self.n_classes = n_classes
        self.net = ImageGenerator(shape, latent + n_classes, (width, width))

    def forward(self, z: Tensor, *label: Tensor) -> Tensor:
        return self.net(torch.cat([z, *(one_hot(y, self.n_classes).to(z) for y in label)], 1))


class CoarseDiscriminator(nn.Module):
    """(images, *label) -> scores (N, 1): a perceptron on pixels and the one-hot label; `wrap` goes to each layer."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        width: int = 256,
        n_classes: int = 0,
        wrap: Callable[[nn.Module], nn.Module] = plain,
    ):
        super().__init__()
        self.n_classes = n_classes
        self.layers = mlp((math.prod(shape) + n_classes, width, width, 1), leaky_relu)
        for layer in self.layers:
            if isinstance(layer, nn.Linear):
                wrap(layer)

    def forward(self, x: Tensor, *label: Tensor) -> Tensor:
        return self.layers(torch.cat([x.flatten(1), *(one_hot(y, self.n_classes).to(x) for y in label)], 1))
