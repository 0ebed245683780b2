"""The nets of SRGAN (Ledig et al. 2017): a residual net that enlarges by 4, and a discriminator of whole images.

Images are (N, C, H, W) in [-1, 1], of any height and width. Where the course departs from the paper is said below.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, interpolate

from coursekit.nets.dcgan import plain

FACTOR = 4


def pixel_shuffle(x: Tensor, r: int) -> Tensor:
    """(N, C r^2, H, W) -> (N, C, H r, W r): each pixel's r^2 channels become a block of r x r pixels.

    Channel c r^2 + i r + j goes to row i and column j of the block in channel c (Shi et al. 2016, eq. 4, and torch's
    PixelShuffle). Raises ValueError where the channels are not a multiple of r^2.
    """
    n, channels, height, width = x.shape
    if channels % r**2:
        raise ValueError(f"{channels} channels do not make blocks of {r} x {r} pixels: {r**2} must divide them")
    blocks = x.view(n, channels // r**2, r, r, height, width)
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(n, channels // r**2, height * r, width * r)


def enlarge(low: Tensor, factor: int = FACTOR) -> Tensor:
    """`low` enlarged by bicubic interpolation (a = -0.5, as Pillow's and Matlab's): (N, C, H, W) -> 4 H x 4 W."""
    size = [factor * side for side in low.shape[-2:]]
    return interpolate(low.float(), size, mode="bicubic", antialias=True)  # antialias chooses a = -0.5, not -0.75


class ResidualBlock(nn.Module):
    """x -> x + conv3(PReLU(conv3(x))), each convolution followed by `norm(width)` (Ledig et al. 2017, fig. 4)."""

    def __init__(self, width: int, norm: Callable[[int], nn.Module] = nn.BatchNorm2d):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(width, width, 3, padding=1), norm(width), nn.PReLU()),
            *(nn.Conv2d(width, width, 3, padding=1), norm(width)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class DoubleSize(nn.Module):
    """(N, width, H, W) -> (N, width, 2 H, 2 W): a convolution to four times the channels, shuffled into pixels.

    The four kernels of a block differ in shape but not in sum, nor in bias: a plain area stays plain. Without this
    (and by any number of steps of training against D) plain areas get a grid, as Sugawara et al. 2018 show; they
    average the shuffled pixels, which costs sharpness and time.
    """

    def __init__(self, width: int):
        super().__init__()
        self.expand, self.rectify = nn.Conv2d(width, 4 * width, 3, padding=1), nn.PReLU()
        with torch.no_grad():  # the four pixels of a block start out equal: no checkerboard to unlearn
            first = self.expand.weight[::4].clone()
            self.expand.weight.copy_(first.repeat_interleave(4, 0))
            self.expand.bias.copy_(self.expand.bias[::4].clone().repeat_interleave(4, 0))

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = (v.view(-1, 4, *v.shape[1:]) for v in (self.expand.weight, self.expand.bias))
        level = weight.mean((3, 4), keepdim=True)
        weight, bias = weight + (level.mean(1, keepdim=True) - level), bias.mean(1, keepdim=True).expand(-1, 4)
        return self.rectify(pixel_shuffle(conv2d(x, weight.flatten(0, 1), bias.flatten(), padding=1), 2))


class SRResNet(nn.Module):
    """low -> high, four times as high and as wide: bicubic enlargement plus a detail made by residual blocks.

    Departures from the paper: the bicubic skip, with a last layer that starts at zero, makes a few hundred steps
    enough; no batch normalisation (its statistics of small patches show as blotches in large pictures); no grid in
    plain areas (DoubleSize); kernels of 3 and 5 instead of 9 at the ends; `n_blocks` and `width`, not 16 and 64.
    """

    def __init__(self, width: int = 24, n_blocks: int = 4, channels: int = 3, norm=nn.Identity):
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(channels, width, 3, padding=1), nn.PReLU())
        self.body = nn.Sequential(*(ResidualBlock(width, norm) for _ in range(n_blocks)))
        self.after = nn.Conv2d(width, width, 3, padding=1)
        self.grow = nn.Sequential(DoubleSize(width), DoubleSize(width))
        self.last = nn.Conv2d(width, channels, 5, padding=2)  # over the seams of the shuffled blocks
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    @property
    def reach(self) -> int:
        """Pixels of `low` around a place that its output can depend on; tiles need this margin."""
        return 2 * len(self.body) + 5  # head, body, after; the rest is less than three pixels of low

    def forward(self, low: Tensor) -> Tensor:
        head = self.head(low)
        return enlarge(low) + self.last(self.grow(head + self.after(self.body(head))))  # float32 + any precision


class WithoutNoise(nn.Module):
    """G(z, low) = net(low): the generator as an adversarial step calls it. SRGAN draws no noise."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, z: Tensor, low: Tensor) -> Tensor:
        return self.net(low)


class SRDiscriminator(nn.Module):
    """(image, low) -> scores (N, 1, H / 8, W / 8), one for each place; `low` is not looked at, as in the paper.

    Convolutions with leaky ReLU, three of them with stride 2, `wrap` applied to each (spectral normalisation, for one).
    The paper's D has eight layers with batch normalisation and one score for a crop of 96 pixels; scores by place work
    at any size and judge texture.
    """

    def __init__(self, width: int = 24, channels: int = 3, wrap: Callable[[nn.Module], nn.Module] = plain):
        super().__init__()
        layers: list[nn.Module] = [wrap(nn.Conv2d(channels, width, 3, padding=1)), nn.LeakyReLU(0.2)]
        for n_in, n_out in ((width, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [wrap(nn.Conv2d(n_in, n_out, 4, 2, 1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, wrap(nn.Conv2d(4 * width, 1, 3, padding=1)))

    def forward(self, x: Tensor, *low: Tensor) -> Tensor:
        return self.layers(x)
