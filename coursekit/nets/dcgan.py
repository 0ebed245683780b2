"""The DCGAN pair (Radford et al. 2016, sec. 3) for square images of 28, 32, 64, ... pixels.

Both nets halve or double the image until 4 to 7 pixels are left, so that 28 pixels take two strided convolutions and
64 take four. `width` is the number of channels next to the image; it doubles with each halving.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_max_pool2d


def levels(size: int) -> tuple[int, int]:
    """(pixels of the smallest feature map, number of halvings) for images of `size` pixels: 28 -> (7, 2)."""
    smallest, n_halvings = size, 0
    while smallest >= 8 and smallest % 2 == 0:
        smallest, n_halvings = smallest // 2, n_halvings + 1
    if n_halvings == 0 or smallest >= 8:
        raise ValueError(f"a DCGAN cannot halve {size} pixels down to 4-7: resize the images to 28, 32 or 64 pixels")
    return smallest, n_halvings


def plain(layer: nn.Module) -> nn.Module:
    """The layer as it is: the default for `wrap`, where spectral normalisation would go."""
    return layer


class DCGANGenerator(nn.Module):
    """Noise (N, latent) -> images (N, channels, size, size) in [-1, 1].

    A projection to the smallest feature map, then transposed convolutions (kernel 4, stride 2) with batch
    normalisation and ReLU; tanh and no normalisation at the output.
    """

    def __init__(self, size: int = 28, channels: int = 1, latent: int = 64, width: int = 32):
        super().__init__()
        smallest, n = levels(size)
        widths = [width * 2**i for i in reversed(range(n))]
        # A transposed convolution over one pixel is the projection; the same layer kind throughout, no dense layer.
        layers: list[nn.Module] = [nn.ConvTranspose2d(latent, widths[0], smallest, bias=False)]
        for n_in, n_out in zip(widths[:-1], widths[1:], strict=True):
            layers += [nn.BatchNorm2d(n_in), nn.ReLU(), nn.ConvTranspose2d(n_in, n_out, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(width), nn.ReLU(), nn.ConvTranspose2d(width, channels, 4, 2, 1)]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return torch.tanh(self.layers(z[:, :, None, None]))


class DCGANDiscriminator(nn.Module):
    """Images (N, channels, size, size) -> scores (N, 1).

    Convolutions (kernel 4, stride 2) with leaky ReLU 0.2 and `norm(width)` after all but the first (batch
    normalisation unless said otherwise); `wrap` is applied to each convolution (spectral normalisation, for one).
    """

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        width: int = 32,
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
        wrap: Callable[[nn.Module], nn.Module] = plain,
    ):
        super().__init__()
        smallest, n = levels(size)
        widths = [width * 2**i for i in range(n)]
        layers: list[nn.Module] = [wrap(nn.Conv2d(channels, width, 4, 2, 1)), nn.LeakyReLU(0.2)]
        for n_in, n_out in zip(widths[:-1], widths[1:], strict=True):
            layers += [wrap(nn.Conv2d(n_in, n_out, 4, 2, 1)), norm(n_out), nn.LeakyReLU(0.2)]
        self.features = nn.Sequential(*layers)
        self.score = wrap(nn.Conv2d(widths[-1], 1, smallest))

    def forward(self, x: Tensor) -> Tensor:
        return self.score(self.features(x)).flatten(1)


@torch.no_grad()
def discriminator_features(D: DCGANDiscriminator, x: Tensor) -> Tensor:
    """What D sees in images (N, channels, size, size): (N, sum of its convolutions' channels * 16), without a graph.

    The activations behind the non-linearity of each convolution but the last, which scores, max-pooled to 4 x 4,
    flattened and joined (Radford et al. 2016, sec. 5.1); width 32 at 28 pixels makes 1536. D is used in the mode it
    is in: after `D.eval()` the features of an image do not depend on its batch.
    """
    pooled = []
    for layer in D.features:
        x = layer(x)
        if isinstance(layer, nn.LeakyReLU):
            pooled.append(adaptive_max_pool2d(x, 4).flatten(1))
    return torch.cat(pooled, 1)
