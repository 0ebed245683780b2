"""The Frechet distance between Gaussians fitted to features, and FID-feat: that of our own feature nets.

Heusel et al. 2017, "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", eq. 6.
"""

import torch
from torch import Tensor

from coursekit.data.images import Images
from coursekit.metrics.features import FeatureNet

N_REFERENCE = 5000  # FID-feat falls with n: compare only figures at the same n


def frechet_distance(mu0: Tensor, cov0: Tensor, mu1: Tensor, cov1: Tensor) -> float:
    """|mu0 - mu1|^2 + tr(cov0 + cov1 - 2 (cov0 cov1)^(1/2)) of means (d,) and covariances (d, d), in float64.

    The trace of the root is that of the symmetric (S cov1 S)^(1/2) with S = cov0^(1/2), which has the same eigenvalues:
    two `eigh`, nothing complex, and singular covariances are no trouble.
    """
    mu0, cov0, mu1, cov1 = (torch.as_tensor(x).double().cpu() for x in (mu0, cov0, mu1, cov1))
    values, vectors = torch.linalg.eigh(cov0)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov1 @ root).clamp(min=0).sqrt().sum()
    distance = (mu0 - mu1).square().sum() + cov0.trace() + cov1.trace() - 2 * cross
    return max(distance.item(), 0.0)  # rounding may leave -1e-14 where the two are equal


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (d,) and unbiased covariance (d, d) of features (n, d), in float64.

    Raises ValueError where n is below 2 d: the covariance would be mostly noise.
    """
    n, d = features.shape
    if n < 2 * d:
        raise ValueError(f"{n} samples are too few for {d} features: give at least {2 * d}, better {10 * d}")
    features = features.double().cpu()
    if not features.isfinite().all():
        raise ValueError("the features are not all finite: look at the images, a diverged generator gives NaN")
    return features.mean(0), features.T.cov().reshape(d, d)  # cov makes a scalar of d = 1


def fid_feat(real: Tensor, fake: Tensor, net: FeatureNet) -> float:
    """FID-feat between real and fake, each either images (n, 1, H, W) in [-1, 1] or features (n, 64) of `net`.

    It is biased upward at small n, so compare figures only where both n are the same. Raises ValueError where the
    images differ in size (a resize alone moves FID-feat, so both must go through the same one) and below 128 samples.
    """
    if real.ndim == fake.ndim == 4 and real.shape[1:] != fake.shape[1:]:
        raise ValueError(
            f"real images are {tuple(real.shape[1:])} and fakes {tuple(fake.shape[1:])}: load the real ones with "
            f"size={fake.shape[-1]}, since resizing one side alone would be measured as a difference"
        )
    real, fake = (x if x.ndim == 2 else net.features(x) for x in (real, fake))
    return frechet_distance(*moments(real), *moments(fake))


def reference(images: Images, net: FeatureNet, n: int = N_REFERENCE) -> Tensor:
    """Features (n, 64) of `n` images chosen by a permutation with seed 0, to compare fakes of the same size with.

    Where there are fewer, all are taken, and a printed line says so: take as many fakes.
    """
    if len(images) < n:
        print(f"{images.name} has {len(images):,} images of this split: FID-feat takes all of them, not {n:,}")
    return net.features(images.floats(shuffled(len(images))[:n].to(images.images.device)))


def real_against_real(images: Images, net: FeatureNet, n: int = N_REFERENCE) -> float:
    """FID-feat between two disjoint random sets of at most `n` images: the floor that a perfect generator would reach.

    With fewer than 2 n images each set is half of them, and the floor is higher for it.
    """
    n = min(n, len(images) // 2)
    order = shuffled(len(images)).to(images.images.device)
    halves = (net.features(images.floats(order[start : start + n])) for start in (0, n))
    return fid_feat(*halves, net)


def shuffled(n: int) -> Tensor:
    """A permutation of n with seed 0: the test files are not in random order (MNIST's halves are 2.2 apart)."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(0))
