# hint: the level's size
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        first = nn.Conv2d(channels + 1, width, 4, 2, 1)
        last = nn.ConvTranspose2d(width, channels, 4, 2, 1)
        self.layers[0], self.layers[6] = first, last
