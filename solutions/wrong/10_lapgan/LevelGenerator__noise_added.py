# hint: sees z as one plane
from torch import nn


class LevelGenerator(LevelGenerator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers[0] = nn.Conv2d(channels, width, 3, padding=1)

    def forward(self, z, low):
        return self.layers(low + z.view(len(z), 1, *low.shape[2:]))
