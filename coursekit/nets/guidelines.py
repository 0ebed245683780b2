"""The DCGAN pair with each guideline as an argument, so that one can be left out (Radford et al. 2016, sec. 3).

The defaults are the guidelines. Both nets have two halvings, for images whose sides divide by four: 28 -> 14 -> 7.
"""

from collections.abc import Callable

from torch import nn

Shape = tuple[int, int, int]  # (channels, height, width)
Layer = Callable[..., nn.Module]
N_HIDDEN = 512  # units of a dense layer between noise and images, or between images and score


def transposed(n_in: int, n_out: int) -> nn.Module:
    """Twice the size by a transposed convolution, whose way of upsampling is learned."""
    return nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)


def strided(n_in: int, n_out: int) -> nn.Module:
    """Half the size by a convolution that moves by two pixels."""
    return nn.Conv2d(n_in, n_out, 4, 2, 1)


def upsampled(n_in: int, n_out: int) -> nn.Module:
    """Twice the size by repeating pixels, then a convolution."""
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(n_in, n_out, 3, 1, 1))


def pooled(n_in: int, n_out: int) -> nn.Module:
    """A convolution, then half the size by the largest of 2 x 2."""
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, 1, 1), nn.MaxPool2d(2))


def stem(latent: int, n_out: int, side: int) -> nn.Module:
    """Noise (N, latent) -> (N, n_out, side, side) by one projection."""
    return nn.Sequential(nn.Unflatten(1, (latent, 1, 1)), nn.ConvTranspose2d(latent, n_out, side))


def head(n_in: int, side: int) -> nn.Module:
    """(N, n_in, side, side) -> scores (N, 1) by one projection."""
    return nn.Sequential(nn.Conv2d(n_in, 1, side), nn.Flatten())


def dense_stem(latent: int, n_out: int, side: int) -> nn.Module:
    """A stem with a dense hidden layer."""
    hidden = nn.Linear(latent, N_HIDDEN), nn.BatchNorm1d(N_HIDDEN), nn.ReLU()
    return nn.Sequential(*hidden, nn.Linear(N_HIDDEN, n_out * side**2), nn.Unflatten(1, (n_out, side, side)))


def dense_head(n_in: int, side: int) -> nn.Module:
    """A head with a dense hidden layer."""
    hidden = nn.Linear(n_in * side**2, N_HIDDEN), nn.BatchNorm1d(N_HIDDEN), nn.LeakyReLU(0.2)
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(N_HIDDEN, 1))


def leaky() -> nn.Module:
    return nn.LeakyReLU(0.2)


def normed_tanh(n_channels: int = 1) -> nn.Module:
    """Tanh after batch normalisation of the output, which the paper warns of."""
    return nn.Sequential(nn.BatchNorm2d(n_channels), nn.Tanh())


def make_generator(
    shape: Shape,
    latent: int,
    width: int = 32,
    stem: Layer = stem,
    up: Layer = transposed,
    norm: Layer = nn.BatchNorm2d,
    activation: Layer = nn.ReLU,
    output: Layer = nn.Tanh,
) -> nn.Module:
    """Noise (N, latent) -> images (N, *shape).

    Each convolution has a bias. Batch normalisation takes it away again, and a net without it would lack one.
    """
    return nn.Sequential(
        *(stem(latent, 2 * width, shape[1] // 4), norm(2 * width), activation()),
        *(up(2 * width, width), norm(width), activation()),
        *(up(width, shape[0]), output()),
    )


def make_discriminator(
    shape: Shape,
    width: int = 32,
    down: Layer = strided,
    first_norm: Layer = nn.Identity,
    norm: Layer = nn.BatchNorm2d,
    activation: Layer = leaky,
    head: Layer = head,
) -> nn.Module:
    """Images (N, *shape) -> scores (N, 1)."""
    return nn.Sequential(
        *(down(shape[0], width), first_norm(width), activation()),
        *(down(width, 2 * width), norm(2 * width), activation()),
        head(2 * width, shape[1] // 4),
    )
