"""How near an enlarged image is to the true one: PSNR and SSIM on luminance, and distances between features.

Images are (N, C, H, W) in [-1, 1], so the span of a pixel is 2. Figures of the literature are taken on luminance, after
four pixels were cut off at each border (Ledig et al. 2017, sec. 3.1): `as_published` does both.
"""

import math
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from coursekit.metrics.frechet import frechet_distance, moments

BORDER = 4
SPAN = 2.0  # of pixels in [-1, 1]
WINDOW, SIGMA = 11, 1.5  # of SSIM's Gaussian (Wang et al. 2004, sec. III-B)
AT_ONCE = 64  # images whose features are in memory at the same time


class HasMaps(Protocol):
    """A net with feature maps: images (N, 3, H, W) -> a list of (N, C, H', W'), fine to coarse."""

    def maps(self, x: Tensor) -> list[Tensor]: ...


def luminance(x: Tensor) -> Tensor:
    """The Y of YCbCr (ITU-R BT.601, 16 to 235 of 255, as Matlab's): (N, 3, H, W) -> (N, 1, H, W), both in [-1, 1]."""
    if x.shape[1] != 3:
        raise ValueError(f"luminance needs colour images (N, 3, H, W), it got {tuple(x.shape)}")
    weights = x.new_tensor((65.481, 128.553, 24.966)).view(3, 1, 1)
    y = 16 + ((x + 1) / 2 * weights).sum(1, keepdim=True)
    return 2 * y / 255 - 1


def without_border(x: Tensor, border: int = BORDER) -> Tensor:
    """The images without `border` pixels at each side; ValueError where nothing would be left."""
    if min(x.shape[-2:]) <= 2 * border:
        raise ValueError(f"images of {x.shape[-2]} x {x.shape[-1]} pixels have nothing inside a border of {border}")
    return x[..., border : x.shape[-2] - border, border : x.shape[-1] - border]


def as_published(x: Tensor) -> Tensor:
    """What PSNR and SSIM of the literature see: clipped, rounded to 8 bits, luminance, without the border."""
    eight_bits = ((x.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1
    return without_border(luminance(eight_bits))


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each pair of images in [-1, 1], (N,) in dB: 10 log10(4 / mean squared error).

    inf where the two are equal. Raises ValueError for images of different shapes.
    """
    same_shape(a, b)
    return 10 * torch.log10(SPAN**2 / (a - b).square().flatten(1).mean(1))


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Structural similarity of each pair, (N,), 1 where equal (Wang et al. 2004, eq. 13, K1 = .01, K2 = .03).

    Means, variances and the covariance are taken in a Gaussian window of 11 x 11 pixels with deviation 1.5, and the
    similarity is averaged over the places where the window fits.
    """
    same_shape(a, b)
    if min(a.shape[-2:]) < WINDOW:
        raise ValueError(f"SSIM's window has {WINDOW} pixels, the images are {a.shape[-2]} x {a.shape[-1]}")
    offsets = torch.arange(WINDOW, device=a.device, dtype=a.dtype) - WINDOW // 2
    bell = torch.exp(-(offsets**2) / (2 * SIGMA**2))
    bell = bell / bell.sum()

    def smooth(x: Tensor) -> Tensor:
        rows = x.flatten(0, 1)[:, None]
        return conv2d(conv2d(rows, bell.view(1, 1, -1, 1)), bell.view(1, 1, 1, -1)).view(*x.shape[:2], -1)

    mean_a, mean_b = smooth(a), smooth(b)
    var_a, var_b = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2
    covariance = smooth(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * SPAN) ** 2, (0.03 * SPAN) ** 2
    similarity = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return (similarity / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean((1, 2))


def same_shape(a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape:
        raise ValueError(f"the images are {tuple(a.shape)} and {tuple(b.shape)}: compare images of one shape")


@torch.no_grad()
def feature_distance(net: HasMaps, a: Tensor, b: Tensor) -> Tensor:
    """Distance of each pair of images in the features of `net`, (N,): 0 where equal.

    As LPIPS without its learned weights (Zhang et al. 2018, eq. 1): at each place of each map the features are scaled
    to unit length; squared differences are summed over channels, averaged over places, and summed over maps.
    """
    same_shape(a, b)
    parts = []
    for one, other in zip(a.split(AT_ONCE), b.split(AT_ONCE), strict=True):
        pairs = zip(net.maps(one), net.maps(other), strict=True)
        parts.append(sum((unit(f) - unit(g)).square().sum(1).mean((1, 2)) for f, g in pairs))
    return torch.cat(parts)


def unit(features: Tensor) -> Tensor:
    """Features (N, C, H, W) of length 1 at each place."""
    return features / (features.square().sum(1, keepdim=True).sqrt() + 1e-8)


@torch.no_grad()
def perceptual_distance(net: HasMaps, made: Tensor, real: Tensor) -> float:
    """Frechet distance between the local features of `made` and of `real` images, in percent of the real variance.

    Local features are those of the coarsest map of `net` at every second place in both directions. It does not ask
    whether an image is its own original, only whether the images look alike as a set: the "perception" of Blau and
    Michaeli 2018 (eq. 1), where PSNR is the "distortion". 0 for equal sets; compare it only at equal numbers of images.
    """
    mean, covariance = moments(local_features(net, real))
    distance = frechet_distance(*moments(local_features(net, made)), mean, covariance)
    return 100 * distance / covariance.trace().item()


@torch.no_grad()
def local_features(net: HasMaps, x: Tensor) -> Tensor:
    """The coarsest features at every second place, (places of all images, C)."""
    maps = [net.maps(part)[-1][..., ::2, ::2] for part in x.split(AT_ONCE)]
    return torch.cat([m.permute(0, 2, 3, 1).flatten(0, 2) for m in maps])


def mean_of(values: Tensor) -> float:
    """The mean of figures of single images; inf stays inf."""
    mean = values.double().mean().item()
    return mean if math.isfinite(mean) else math.inf
