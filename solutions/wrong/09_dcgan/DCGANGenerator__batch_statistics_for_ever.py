# hint: running statistics
from torch import nn


class DCGANGenerator(DCGANGenerator):
    def __init__(self, size, channels, latent, width):
        super().__init__(size, channels, latent, width)
        self.layers[1] = nn.BatchNorm2d(2 * width, track_running_stats=False)
        self.layers[4] = nn.BatchNorm2d(width, track_running_stats=False)
