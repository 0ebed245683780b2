# hint: No batch norm on D's input layer
from torch import nn


class DCGANDiscriminator(DCGANDiscriminator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers.insert(1, nn.BatchNorm2d(width))
