# hint: Every hidden layer takes batch norm
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers[1] = self.layers[4] = nn.Identity()
