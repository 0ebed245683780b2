"""Plain supervised learning as a step: what a classifier, an SRResNet or a regression baseline needs."""

from collections.abc import Callable, Iterator

from torch import Tensor, nn
from torch.optim import Optimizer

from coursekit.fit import Step
from coursekit.steps.adversarial import unpacked, update


def supervised(net: nn.Module, optimizer: Optimizer, loss: Callable[[Tensor, Tensor], Tensor]) -> Step:
    """A step for `fit` on tuples (input, target): minimises `loss(net(input), target)` and returns it as "loss"."""

    def step(batches: Iterator[tuple[Tensor, ...]]) -> dict[str, Tensor]:
        x, target = unpacked(next(batches))
        value = loss(net(x), target)
        update(optimizer, value)
        return {"loss": value}

    return step
