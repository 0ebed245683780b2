"""The two players, their optimisers and the noise: what every adversarial step needs and nothing more."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn
from torch.optim import Optimizer

from coursekit.data.streams import Latent


@dataclass
class Game:
    """Generator G(z, *cond) -> fakes, discriminator D(x, *cond) -> scores, an optimiser for each, and the noise."""

    G: nn.Module
    D: nn.Module
    g_optimizer: Optimizer
    d_optimizer: Optimizer
    latent: Latent

    def __post_init__(self) -> None:
        for name, net, optimizer in (("g", self.G, self.g_optimizer), ("d", self.D, self.d_optimizer)):
            held = {id(p) for group in optimizer.param_groups for p in group["params"]}
            if held != {id(p) for p in net.parameters()}:
                raise ValueError(
                    f"{name}_optimizer must hold exactly the parameters of {name.upper()}: build it with "
                    f"{name.upper()}.parameters(), one optimiser a net"
                )


@contextlib.contextmanager
def frozen(net: nn.Module) -> Iterator[nn.Module]:
    """Within the block `net`'s parameters need no gradient: gradients flow through it and none are kept for it."""
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield net
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)
