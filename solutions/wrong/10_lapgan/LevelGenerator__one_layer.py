# hint: two or more hidden ones
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers = nn.Conv2d(channels + 1, channels, 3, padding=1)
