# hint: The order is: convolution, batch norm, non-linearity
from torch import nn


class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(size, channels, latent, width)
        a, b, c, d, e, f, g, h = self.layers
        self.layers = nn.Sequential(a, c, b, d, f, e, g, h)
