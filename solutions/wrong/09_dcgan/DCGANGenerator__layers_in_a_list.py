# hint: Layers in a plain list
from torch import nn


class DCGANGenerator(nn.Module):
    def __init__(self, size, channels, latent, width):
        super().__init__()
        self.layers = [
            nn.ConvTranspose2d(latent, 2 * width, size // 4),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, channels, 4, 2, 1),
            nn.Tanh(),
        ]

    def forward(self, z):
        x = z[:, :, None, None]
        for layer in self.layers:
            x = layer(x)
        return x
