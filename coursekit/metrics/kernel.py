"""KID, the squared maximum mean discrepancy between features with a cubic kernel (Binkowski et al. 2018).

Without bias at any n, unlike the Frechet distance; the price is that an estimate may fall below 0.
"""

import math

from torch import Tensor


def kid(x: Tensor, y: Tensor) -> float:
    """The unbiased estimate of MMD^2 between features x (n, d) and y (m, d), with the kernel (x . y / d + 1)^3.

    All pairs of different rows count, once; n and m are at least 2 and may differ. In float64; may be negative.
    """
    from sklearn.metrics.pairwise import polynomial_kernel  # degree 3, gamma 1/d and coef0 1 by default

    if min(len(x), len(y)) < 2 or x.shape[1:] != y.shape[1:] or x.dim() != 2:
        raise ValueError(f"x is {tuple(x.shape)} and y {tuple(y.shape)}: give (n, d) and (m, d), n and m at least 2")
    x, y = (features.double().cpu().numpy() for features in (x, y))

    def within(features) -> float:
        """The mean of the kernel over pairs of different rows: a row with itself would add bias."""
        kernel, n = polynomial_kernel(features), len(features)
        return (kernel.sum() - kernel.trace()) / (n * (n - 1))

    return float(within(x) + within(y) - 2 * polynomial_kernel(x, y).mean())


def kid_in_blocks(x: Tensor, y: Tensor, size: int = 500) -> tuple[float, float]:
    """The mean of `kid` over blocks of `size` rows that share none, and its standard error.

    x (n, d) and y (m, d) must be in random order; what does not fill a block is left out. The published protocol draws
    100 subsets of 1,000 that overlap, so the spread of those over 10 is no standard error: it is too small.
    """
    n_blocks = min(len(x), len(y)) // size
    if n_blocks < 2:
        raise ValueError(f"{len(x)} and {len(y)} rows make {n_blocks} blocks of {size}: at least 2 are needed")
    values = [kid(x[i * size : (i + 1) * size], y[i * size : (i + 1) * size]) for i in range(n_blocks)]
    mean = sum(values) / n_blocks
    variance = sum((value - mean) ** 2 for value in values) / (n_blocks - 1)
    return mean, math.sqrt(variance / n_blocks)
