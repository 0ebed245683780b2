# hint: No pooling in D
from torch import nn


class DCGANDiscriminator(nn.Module):
    def __init__(self, size, channels, width):
        super().__init__()
        wide, side = 2 * width, size // 4
        first = [nn.Conv2d(channels, width, 3, 1, 1), nn.LeakyReLU(0.2), nn.MaxPool2d(2)]
        second = [nn.Conv2d(width, wide, 3, 1, 1), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2)]
        last = [nn.MaxPool2d(2), nn.Conv2d(wide, 1, side), nn.Flatten()]
        self.layers = nn.Sequential(*first, *second, *last)

    def forward(self, x):
        return self.layers(x)
