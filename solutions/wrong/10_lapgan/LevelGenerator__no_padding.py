# hint: every convolution keeps the size
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers[3] = nn.Conv2d(width, width, 3)
