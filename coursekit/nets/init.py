"""Initial weights."""

from torch import nn


def dcgan_init(module: nn.Module) -> nn.Module:
    """Draw DCGAN's initial weights into every layer of `module`, in place, and return it.

    Convolutions and dense layers: N(0, 0.02), biases 0. Batch normalisation: gain N(1, 0.02), bias 0 (Radford et al.
    2016, sec. 4; the gain is the released code's).
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
            nn.init.zeros_(layer.bias)
    return module
