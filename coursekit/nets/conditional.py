"""Nets that are told a class: labels joined to the input, and two discriminators that use them otherwise.

Every discriminator here is called D(x, label), every generator G(z, label), which is how the steps hand a condition on.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator, levels, plain

Wrap = Callable[[nn.Module], nn.Module]


def concat_label(x: Tensor, label: Tensor, n_classes: int) -> Tensor:
    """`x` with the label behind it as `n_classes` more features or planes, 1 for the class and 0 for all others.

    x is (N, d) and becomes (N, d + n_classes), or (N, C, H, W) and becomes (N, C + n_classes, H, W), each new plane
    constant; label is int64 (N,) from 0 to n_classes - 1. Raises ValueError for other shapes and, on a CPU, for labels
    out of range. (Mirza and Osindero 2014, sec. 3.2, without the layers of its own that the paper gives to each.)
    """
    if x.dim() not in (2, 4):
        raise ValueError(f"x is {tuple(x.shape)}: it must be (N, d) or (N, C, H, W)")
    if label.shape != x.shape[:1]:
        raise ValueError(f"labels are {tuple(label.shape)}, x is {tuple(x.shape)}: give one label for each row of x")
    # asking a GPU for a smallest number would make it wait; there the scatter of one_hot stops on its own
    if label.device.type == "cpu" and len(label) and not 0 <= label.min() <= label.max() < n_classes:
        raise ValueError(
            f"labels go from {label.min()} to {label.max()}, n_classes={n_classes} has 0 to {n_classes - 1}: pass the "
            "number of classes that the data have"
        )
    code = one_hot(label, n_classes).to(x)
    return torch.cat([x, code if x.dim() == 2 else code[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)


def projection_score(features: Tensor, label_embedding: Tensor, base_score: Tensor) -> Tensor:
    """base + <features, embedding of the label>, (N, 1) (Miyato and Koyama 2018, eq. 3).

    features and label_embedding are (N, d), the embedding already looked up for each row; base_score is (N, 1), the
    part that does not depend on the label. Raises ValueError where the two (N, d) differ in shape.
    """
    if features.shape != label_embedding.shape:
        raise ValueError(
            f"features are {tuple(features.shape)}, embeddings {tuple(label_embedding.shape)}: look the labels up "
            "first, one row of the table for each image"
        )
    return base_score + (features * label_embedding).sum(1, keepdim=True)


class Joined(nn.Module):
    """`net` on its input with the label joined to it: G(z, label) or D(x, label) by `concat_label`."""

    def __init__(self, net: nn.Module, n_classes: int):
        super().__init__()
        self.net, self.n_classes = net, n_classes

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        return self.net(concat_label(x, label, self.n_classes))


def conditional_generator(
    size: int = 28, channels: int = 1, latent: int = 64, width: int = 32, n_classes: int = 10
) -> Joined:
    """G(z, label): the DCGAN's generator on noise (N, latent) and the one-hot label."""
    return Joined(DCGANGenerator(size, channels, latent + n_classes, width), n_classes)


def concat_discriminator(
    size: int = 28, channels: int = 1, width: int = 32, n_classes: int = 10, wrap: Wrap = plain
) -> Joined:
    """D(x, label) -> scores (N, 1): the DCGAN's discriminator on the image and one plane a class."""
    return Joined(bare_discriminator(size, channels + n_classes, width, wrap), n_classes)


def bare_discriminator(size: int, channels: int, width: int, wrap: Wrap) -> DCGANDiscriminator:
    """The DCGAN's discriminator without batch normalisation: a score then depends on its own image alone."""
    return DCGANDiscriminator(size, channels, width, lambda n: nn.Identity(), wrap)


class TwoHeaded(nn.Module):
    """The DCGAN's discriminator with a second, linear head over its last feature map: one row of it for each class."""

    def __init__(self, size: int = 28, channels: int = 1, width: int = 32, n_classes: int = 10, wrap: Wrap = plain):
        super().__init__()
        self.base = bare_discriminator(size, channels, width, wrap)
        smallest, n_halvings = levels(size)
        self.n_features = width * 2 ** (n_halvings - 1) * smallest**2
        self.classes = wrap(nn.Linear(self.n_features, n_classes, bias=False))


class ProjectionDiscriminator(TwoHeaded):
    """D(x, label) -> scores (N, 1): a score of the image, and the projection of its features on the class's row.

    The features are the whole last map, not its sum over places as in the paper: at 28 pixels place matters.
    """

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        maps = self.base.features(x)
        embedding = one_hot(label, self.classes.out_features).to(maps) @ self.classes.weight
        return projection_score(maps.flatten(1), embedding, self.base.score(maps).flatten(1))


class AuxiliaryDiscriminator(TwoHeaded):
    """D(x, label) -> (N, 2): the score of the image, and log P(label | image) in nats of its own classifier.

    The score does not see the label; only the second column does (Odena et al. 2017). `losses.auxiliary` makes a loss
    of the two, so that AC-GAN runs on any step.
    """

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        maps = self.base.features(x)
        log_p = self.classes(maps.flatten(1)).float().log_softmax(1)
        return torch.cat([self.base.score(maps).flatten(1).float(), log_p.gather(1, label[:, None])], 1)
