# hint: no sigmoid, no dropout
from torch import nn


class DCGANDiscriminator(DCGANDiscriminator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        side = size // 4
        last = [nn.Sigmoid(), nn.Flatten(), nn.Linear(2 * width * side * side, 1)]
        self.layers = nn.Sequential(*self.layers[:4], *last)
