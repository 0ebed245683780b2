# hint: Hidden layers of a level's generator take ReLU
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers[2] = self.layers[5] = nn.LeakyReLU(0.2)
