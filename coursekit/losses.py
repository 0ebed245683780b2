"""The adversarial losses, each a pair of pure functions on raw scores (logits).

A score is D's raw output; D(x) as a probability is sigmoid(score). The identities log D = -softplus(-score) and
log(1 - D) = -softplus(score) keep every loss finite at any score. Scores may have any shape, (N,) or (N, 1) alike:
each loss is a mean over its entries. Every function is minimised.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, relu, softplus

Scores = Callable[[], Tensor]


class Loss(NamedTuple):
    """The two halves of a game: `d(real, fake)` for the discriminator, `g(fake, real)` for the generator.

    `real` in `g` is a function that computes D(real) when called: only the relativistic pair needs it, and computing
    it always would cost a forward pass of D in every step.
    """

    name: str
    d: Callable[[Tensor, Tensor], Tensor]
    g: Callable[[Tensor, Scores], Tensor]


def minimax_d(real: Tensor, fake: Tensor) -> Tensor:
    """-V(D, G): the sum of -E log D(x) and -E log(1 - D(G(z))) (Goodfellow et al. 2014, eq. 1)."""
    return softplus(-real).mean() + softplus(fake).mean()


def minimax_g(fake: Tensor, real: Scores) -> Tensor:
    """E log(1 - D(G(z))), which saturates where D rejects the fakes (Goodfellow et al. 2014, eq. 1)."""
    return -softplus(fake).mean()


def non_saturating_g(fake: Tensor, real: Scores) -> Tensor:
    """-E log D(G(z)): the same fixed point with a stronger slope early on (Goodfellow et al. 2014, sec. 3)."""
    return softplus(-fake).mean()


def least_squares_d(real: Tensor, fake: Tensor) -> Tensor:
    """Half the mean squared distance of scores from 1 (real) and 0 (fake) (Mao et al. 2017, eq. 9)."""
    return ((real - 1).square().mean() + fake.square().mean()) / 2


def least_squares_g(fake: Tensor, real: Scores) -> Tensor:
    """Half the mean squared distance of the fakes' scores from 1 (Mao et al. 2017, eq. 9)."""
    return (fake - 1).square().mean() / 2


def wasserstein_d(real: Tensor, fake: Tensor) -> Tensor:
    """E D(G(z)) - E D(x), whose negative bounds the Wasserstein distance for a 1-Lipschitz D (Arjovsky et al. 2017)."""
    return fake.mean() - real.mean()


def wasserstein_g(fake: Tensor, real: Scores) -> Tensor:
    """-E D(G(z)) (Arjovsky et al. 2017, alg. 1)."""
    return -fake.mean()


def hinge_d(real: Tensor, fake: Tensor) -> Tensor:
    """E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))): zero once both margins are kept (Miyato et al. 2018, eq. 16)."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


def relativistic_d(real: Tensor, fake: Tensor) -> Tensor:
    """E softplus(-(D(x) - D(G(z)))), each real paired with one fake (Jolicoeur-Martineau 2019; Huang et al. 2024)."""
    return softplus(fake - _paired(real, fake)).mean()


def relativistic_g(fake: Tensor, real: Scores) -> Tensor:
    """E softplus(-(D(G(z)) - D(x))), each fake paired with one real (Huang et al. 2024, eq. 2)."""
    return softplus(_paired(real(), fake) - fake).mean()


def _paired(real: Tensor, fake: Tensor) -> Tensor:
    if real.numel() != fake.numel():
        raise ValueError(
            f"the relativistic loss pairs each real with one fake, it got {real.numel()} real and {fake.numel()} fake "
            "scores: draw batches of the same size"
        )
    return real.reshape(fake.shape)  # (N,) against (N, 1) would broadcast to (N, N)


MINIMAX = Loss("minimax", minimax_d, minimax_g)
NON_SATURATING = Loss("non-saturating", minimax_d, non_saturating_g)
LEAST_SQUARES = Loss("least squares", least_squares_d, least_squares_g)
WASSERSTEIN = Loss("Wasserstein", wasserstein_d, wasserstein_g)
HINGE = Loss("hinge", hinge_d, wasserstein_g)
RELATIVISTIC = Loss("relativistic", relativistic_d, relativistic_g)


def conditional_discriminator_loss(D: Callable[..., Tensor], real: Tensor, fake: Tensor, label: Tensor) -> Tensor:
    """-E log D(x, y) - E log(1 - D(G(z, y), y)), D(x, label) giving raw scores (Mirza and Osindero 2014, eq. 2).

    real and fake are (N, ...), label (N,): the fakes were made with the same labels. D's half only: pass fakes without
    a graph.
    """
    return minimax_d(D(real, label), D(fake, label))


def acgan_losses(
    real_scores: Tensor, real_logits: Tensor, fake_scores: Tensor, fake_logits: Tensor, label: Tensor
) -> tuple[Tensor, Tensor]:
    """(d_loss, g_loss) of AC-GAN from scores (N, 1), class logits (N, K) and labels (N,) (Odena et al. 2017, eq. 2, 3).

    d: cross-entropy of real against fake, and of the class on reals *and* on fakes. g: the fakes taken for real, and
    their class read off right. Both players want the class read right; only the source is a contest.
    """
    read_real, read_fake = cross_entropy(real_logits, label), cross_entropy(fake_logits, label)
    return minimax_d(real_scores, fake_scores) + read_real + read_fake, softplus(-fake_scores).mean() + read_fake


def auxiliary(loss: Loss, weight: float = 1.0) -> Loss:
    """AC-GAN's terms on top of a loss, for a D(x, label) -> (N, 2) of scores and log P(label | image).

    d(real, fake) and g(fake, real) are those of `loss` on the first column, minus `weight` times the mean of the
    second. With the non-saturating loss these are `acgan_losses`.
    """

    def d(real: Tensor, fake: Tensor) -> Tensor:
        return loss.d(real[:, :1], fake[:, :1]) - weight * (real[:, 1].mean() + fake[:, 1].mean())

    def g(fake: Tensor, real: Scores) -> Tensor:
        return loss.g(fake[:, :1], lambda: real()[:, :1]) - weight * fake[:, 1].mean()

    return Loss(f"{loss.name} + auxiliary classifier", d, g)


def gan_cls_loss(real_right: Tensor, real_wrong: Tensor, fake_right: Tensor) -> Tensor:
    """D's loss in GAN-CLS, from raw scores of three kinds of pairs of a picture and a caption.

    Binary cross-entropy: a real picture with its caption is 1; a real picture with a wrong caption and a fake with the
    caption it was made for are 0, with a weight of one half each (Reed et al. 2016, alg. 1).
    """
    return softplus(-real_right).mean() + (softplus(real_wrong).mean() + softplus(fake_right).mean()) / 2


def without_wrong_pairs(real_right: Tensor, real_wrong: Tensor, fake_right: Tensor) -> Tensor:
    """D's loss in a plain conditional GAN, for comparison with `gan_cls_loss`: `real_wrong` is not used."""
    return softplus(-real_right).mean() + softplus(fake_right).mean()


def matching_loss(scores: Tensor, kind: Tensor) -> Tensor:
    """How badly pictures and captions find each other: scores (N, N) of picture i with caption j, class `kind` (N,).

    The cross-entropy of picking the right caption for each picture among the batch's, plus that of picking the picture
    for each caption; pairs of the same class are no mistake and are left out. (Reed et al. 2016, eq. 1, count the
    mistakes of both kinds and train with a hinge; the cross-entropy is van den Oord et al. 2018.)
    """
    own = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    same = (kind[:, None] == kind[None, :]) & ~own
    scores = scores.masked_fill(same, float("-inf"))
    target = torch.arange(len(scores), device=scores.device)
    return cross_entropy(scores, target) + cross_entropy(scores.T, target)
