# hint: A sigmoid makes images in [0, 1]
from torch import nn


class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(size, channels, latent, width)
        self.layers[-1] = nn.Sigmoid()
