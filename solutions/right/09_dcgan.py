"""Right answers to the exercises of lesson 09, made in another way than the solution: the checks must pass them."""

import torch
import torch.nn.functional as F
from torch import nn


def output_size(size, kernel, stride, padding):
    """By listing the pixels that are touched."""
    touched = {i * stride + u for i in range(size) for u in range(kernel)}
    left = max(touched) + 1 - padding - padding
    if left <= 0:
        raise ValueError("no pixel is left")
    return left


def conv_transpose2d(x, weight, stride, padding):
    """By zeros between the pixels and an ordinary convolution with the kernel turned round."""
    n, c, height, width = x.shape
    k = weight.shape[2]
    apart = x.new_zeros(n, c, (height - 1) * stride + 1, (width - 1) * stride + 1)
    apart[:, :, ::stride, ::stride] = x
    full = F.conv2d(apart, weight.flip(2, 3).transpose(0, 1), padding=k - 1)
    return full[..., padding : full.shape[2] - padding, padding : full.shape[3] - padding]


class DCGANGenerator(nn.Module):
    """With a dense layer from z, kernels of 5 as in the paper's code, biases, and functions for non-linearities."""

    def __init__(self, size, channels, latent, width):
        super().__init__()
        self.side, self.width = size // 4, width
        self.project = nn.Linear(latent, 2 * width * self.side**2)
        self.norms = nn.ModuleList([nn.BatchNorm2d(2 * width), nn.BatchNorm2d(width)])
        self.up = nn.ConvTranspose2d(2 * width, width, 5, stride=2, padding=2, output_padding=1)
        self.last = nn.ConvTranspose2d(
            width, channels, kernel_size=5, stride=2, padding=2, output_padding=1
        )

    def forward(self, z):
        h = self.project(z).view(-1, 2 * self.width, self.side, self.side)
        h = F.relu_(self.norms[0](h))
        h = self.norms[1](self.up(h)).clamp(min=0)
        return torch.tanh(self.last(h))


class DCGANDiscriminator(nn.Module):
    """Halving as often as it goes, a dense layer to the score, LeakyReLU by hand."""

    def __init__(self, size, channels, width):
        super().__init__()
        self.convolutions, self.norms = (
            nn.ModuleList([nn.Conv2d(channels, width, 3, 2, 1)]),
            nn.ModuleList(),
        )
        size //= 2
        while size % 2 == 0:
            self.convolutions.append(nn.Conv2d(width, 2 * width, 5, stride=2, padding=2))
            width, size = 2 * width, size // 2
            self.norms.append(nn.BatchNorm2d(width))
            if size < 8:
                break
        self.score = nn.Linear(width * size * size, 1)

    def forward(self, x):
        h = self.convolutions[0](x)
        for convolution, norm in zip(self.convolutions[1:], self.norms, strict=True):
            h = norm(convolution(torch.maximum(h, 0.2 * h)))
        return self.score(F.leaky_relu(h, 0.2, inplace=True).reshape(len(x), -1))


def dcgan_init(module):
    """With `apply`, names of classes and `copy_`, as in the paper's code."""

    def draw(layer):
        kind = type(layer).__name__
        with torch.no_grad():
            if "Conv" in kind or kind == "Linear":
                layer.weight.copy_(torch.randn(layer.weight.shape) * 0.02)
            elif "BatchNorm" in kind:
                layer.weight.data = 1 + 0.02 * torch.randn_like(layer.weight)
            else:
                return
            if getattr(layer, "bias", None) is not None:
                layer.bias.fill_(0)

    return module.apply(draw)


def slerp(z0, z1, t):
    """Row by row, in the plane that the two span."""
    if z0.dim() == 2:
        return torch.stack([slerp(a, b, t) for a, b in zip(z0, z1, strict=True)])
    u, v = z0 / z0.norm(), z1 / z1.norm()
    across = v - (u @ v) * u
    sine, cosine = across.norm(), u @ v
    if sine < 1e-6:
        return z0 + t * (z1 - z0)
    omega = torch.atan2(sine, cosine)
    return z0 * torch.sin((1 - t) * omega) / sine + z1 * torch.sin(t * omega) / sine


def latent_arithmetic(a, b, c):
    """By sums."""
    return c.sum(0) / c.shape[0] - b.sum(0) / b.shape[0] + a.sum(dim=0).div(len(a))


def discriminator_features(D, x):
    """With hooks, which are taken away again."""
    seen = []
    layers = [layer for layer in D.features if isinstance(layer, nn.LeakyReLU)]
    handles = [
        layer.register_forward_hook(lambda m, i, o: seen.append(nn.AdaptiveMaxPool2d(4)(o)))
        for layer in layers
    ]
    with torch.no_grad():
        D(x)
    for handle in handles:
        handle.remove()
    return torch.cat([h.reshape(len(x), -1) for h in seen], dim=1)
