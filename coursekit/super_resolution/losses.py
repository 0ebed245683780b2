"""What SRGAN's generator minimises: content, compared in features, plus a little of D's opinion (Ledig et al. 2017)."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import mse_loss, softplus

from coursekit.metrics.super_resolution import HasMaps

Features = Callable[[Tensor], Tensor]


def content_loss(features: Features, sr: Tensor, hr: Tensor) -> Tensor:
    """Mean squared difference of features(sr) and features(hr), 0-d; no gradient reaches hr (Ledig et al. 2017, eq. 5).

    `features` maps images (N, C, H, W) to a tensor of any shape. With the identity it is the pixels' squared error.
    """
    with torch.no_grad():
        wanted = features(hr)
    return mse_loss(features(sr), wanted)


def perceptual_loss(content: Tensor, fake_scores: Tensor, weight: float = 1e-3) -> Tensor:
    """content + weight * mean softplus(-fake_scores): content, and -log D of the enlarged images, 0-d.

    `fake_scores` are D's raw scores, of any shape (Ledig et al. 2017, eq. 3; its eq. 6 sums where we average).
    """
    return content + weight * softplus(-fake_scores).mean()


def all_maps(net: HasMaps) -> Features:
    """The function x -> every feature of every map of `net`, (N, features): what a content loss compares."""
    return lambda x: torch.cat([m.flatten(1) for m in net.maps(x)], 1)
