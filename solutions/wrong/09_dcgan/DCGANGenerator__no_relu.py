# hint: without ReLU they are one linear layer
from torch import nn


class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(size, channels, latent, width)
        self.layers[2] = self.layers[5] = nn.Identity()
