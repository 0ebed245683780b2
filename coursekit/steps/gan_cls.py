"""GAN-CLS (Reed et al. 2016, alg. 1): D also learns that a real picture with a wrong caption is wrong."""

from collections.abc import Callable, Iterator

from torch import Tensor
from torch.nn.functional import softplus

from coursekit.fit import Step
from coursekit.losses import gan_cls_loss
from coursekit.nets.text_to_image import interpolate_captions
from coursekit.steps.adversarial import unpacked, update
from coursekit.steps.game import Game, frozen

ThreeWay = Callable[[Tensor, Tensor, Tensor], Tensor]


def gan_cls(game: Game, d_loss: ThreeWay = gan_cls_loss, between: float = 0.0) -> Step:
    """A step for `fit` on tuples (picture, code, wrong code): one update of D on three kinds of pairs, then one of G.

    `d_loss(real_right, real_wrong, fake_right)` takes D's scores of the real picture with its code and with the wrong
    one, and of a fake made for its code; G then minimises -log D(fake, code) of the same fakes, as in the paper's
    algorithm 1. With `between` > 0 that weight goes to the same term of new fakes made for the middle of code and wrong
    code: GAN-INT (eq. 5), for which no real picture exists.
    """
    G, D, latent = game.G, game.D, game.latent

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        real, right, wrong = unpacked(next(batches))
        fake = G(latent(len(real)), right)
        d_value = d_loss(D(real, right), D(real, wrong), D(fake.detach(), right))
        update(game.d_optimizer, d_value)
        with frozen(D):
            g_value = softplus(-D(fake, right)).mean()
            if between:
                middle = interpolate_captions(right, wrong, 0.5)
                g_value = g_value + between * softplus(-D(G(latent(len(real)), middle), middle)).mean()
            update(game.g_optimizer, g_value)
        return {"d_loss": d_value, "g_loss": g_value}

    return step
