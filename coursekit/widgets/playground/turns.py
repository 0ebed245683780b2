"""The three steps of the playground, all of them the course's own: of both players, of D alone, of G alone."""

from collections.abc import Callable, Iterator
from functools import partial

from torch import Tensor

from coursekit.fit import Step
from coursekit.losses import Loss
from coursekit.penalties import gradient_penalty, r1
from coursekit.steps.adversarial import adversarial, no_penalty
from coursekit.steps.game import Game
from coursekit.widgets.playground.nets import Resting
from coursekit.widgets.playground.settings import Settings

BOTH, ONLY_D, ONLY_G = "both", "D", "G"


def turns(game: Game, loss: Loss, settings: Settings) -> tuple[Step, dict[str, Step]]:
    """The step that slow motion watches, and the three by name; who shall not move has an optimiser that rests."""
    penalty, times = penalties(settings), settings.g_updates - 1
    still_g = Game(game.G, game.D, Resting(game.G), game.d_optimizer, game.latent)
    still_d = Game(game.G, game.D, game.g_optimizer, Resting(game.D), game.latent)
    inner, only_g = adversarial(game, loss, settings.k, penalty), adversarial(still_d, loss, 1, penalty)
    only_d = adversarial(still_g, loss, settings.k, penalty)
    return inner, {BOTH: followed(inner, only_g, times), ONLY_D: only_d, ONLY_G: followed(only_g, only_g, times)}


def followed(step: Step, only_g: Step, times: int) -> Step:
    """A step, and `times` further updates of G alone; the losses are D's of the first and G's of the last."""

    def turn(batches: Iterator) -> dict[str, Tensor]:
        losses = step(batches)
        for _ in range(times):
            losses = {**losses, "g_loss": only_g(batches)["g_loss"]}
        return losses

    return turn


def penalties(settings: Settings) -> Callable[..., Tensor | float]:
    """The sum of the penalties whose weight is above 0."""
    weights = ((r1, settings.r1_weight), (gradient_penalty, settings.gp_weight))
    chosen = [partial(penalty, weight=weight) for penalty, weight in weights if weight]
    if not chosen:
        return no_penalty
    return lambda D, real, fake, *cond: sum(penalty(D, real, fake, *cond) for penalty in chosen)
