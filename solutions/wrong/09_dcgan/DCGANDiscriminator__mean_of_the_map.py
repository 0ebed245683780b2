# hint: No pooling in D
from torch import nn


class DCGANDiscriminator(DCGANDiscriminator):
    def __init__(self, size, channels, width):
        super().__init__(size, channels, width)
        self.layers[5] = nn.Linear(2 * width, 1)

    def forward(self, x):
        return self.layers[5](self.layers[:5](x).mean((2, 3)))
