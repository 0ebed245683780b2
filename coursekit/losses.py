"""The adversarial losses, each a pair of pure functions on raw scores (logits).

A score is D's raw output; D(x) as a probability is sigmoid(score). The identities log D = -softplus(-score) and
log(1 - D) = -softplus(score) keep every loss finite at any score. Scores may have any shape, (N,) or (N, 1) alike:
each loss is a mean over its entries. Every function is minimised.
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import relu, softplus

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
