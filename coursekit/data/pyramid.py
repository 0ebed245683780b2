"""The Laplacian pyramid: a coarse image and, for each halving, the detail that was lost (Burt and Adelson 1983).

LAPGAN (Denton et al. 2015, sec. 2.2) makes images in this form, from the coarse one up.
"""

from collections.abc import Sequence

from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate


def downsample(x: Tensor) -> Tensor:
    """Images (N, C, H, W) at half their size, (N, C, H/2, W/2): the mean of each block of 2 x 2 pixels.

    Raises ValueError where H or W is odd.
    """
    height, width = _image_size(x)
    if height % 2 or width % 2:
        raise ValueError(
            f"images of {height} x {width} pixels cannot be halved, both sides must be even: load them with "
            f"size={min(height, width) // 2 * 2}, or take one level less"
        )
    return avg_pool2d(x, 2)


def upsample(x: Tensor) -> Tensor:
    """Images (N, C, H, W) at twice their size, (N, C, 2H, 2W), bilinear; pixels are areas, borders are repeated."""
    _image_size(x)
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def laplacian_pyramid(x: Tensor, n_levels: int) -> list[Tensor]:
    """[h_0, ..., h_{n-1}, coarse] of images (N, C, H, W), fine to coarse: `n_levels` residuals and what is left.

    h_k = I_k - upsample(I_{k+1}) with I_0 = x and I_{k+1} = downsample(I_k), so that h_k has the size of I_k, H / 2^k
    (Denton et al. 2015, eq. 3). Residuals of images in [-1, 1] lie in [-2, 2]. Raises ValueError where a side cannot
    be halved `n_levels` times.
    """
    height, width = _image_size(x)
    if n_levels < 0 or height % 2**n_levels or width % 2**n_levels:
        raise ValueError(
            f"images of {height} x {width} pixels cannot be halved {n_levels} times: n_levels must be at least 0 and "
            f"both sides multiples of 2^n_levels; {halvings(min(height, width))} levels would do for {min(x.shape[2:])}"
        )
    pyramid = []
    for _ in range(n_levels):
        smaller = downsample(x)
        pyramid.append(x - upsample(smaller))
        x = smaller
    return [*pyramid, x]


def reconstruct(pyramid: Sequence[Tensor]) -> Tensor:
    """The images (N, C, H, W) whose Laplacian pyramid this is, exact up to rounding (Denton et al. 2015, eq. 4).

    `pyramid` is [h_0, ..., h_{n-1}, coarse], as `laplacian_pyramid` returns it. Raises ValueError where a residual is
    not twice as large as what it is added to.
    """
    if not pyramid:
        raise ValueError("the pyramid is empty: give at least the coarse image")
    *residuals, x = pyramid
    for residual in reversed(residuals):
        low = upsample(x)
        if low.shape != residual.shape:
            raise ValueError(
                f"a residual is {tuple(residual.shape)}, the image below it is {tuple(low.shape)} after upsampling: "
                "give the pyramid fine to coarse, [h_0, h_1, ..., coarse]"
            )
        x = low + residual
    return x


def detail_rms(x: Tensor) -> float:
    """Root mean square of the finest residual of images (N, C, H, W): 0 for what a halving loses nothing of.

    A ratio of two such figures compares sharpness: a blurred forger has less than real images, a noisy one more.
    """
    return (x - upsample(downsample(x))).square().mean().sqrt().item()


def halvings(size: int) -> int:
    """How often `size` pixels can be halved: 28 -> 2, 64 -> 6, 7 -> 0."""
    return (size & -size).bit_length() - 1


def _image_size(x: Tensor) -> tuple[int, int]:
    if x.ndim != 4 or not x.is_floating_point():
        raise ValueError(f"got {tuple(x.shape)} {x.dtype}, a pyramid needs float images (N, C, H, W): see to_float")
    return x.shape[2], x.shape[3]
