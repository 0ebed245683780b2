# hint: No batch norm on the residual
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers.append(nn.BatchNorm2d(channels))
