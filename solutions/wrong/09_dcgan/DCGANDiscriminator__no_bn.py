# hint: Every hidden layer takes batch norm
from torch import nn


class DCGANDiscriminator(DCGANDiscriminator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers[3] = nn.Identity()
