# hint: Those are the maps before the non-linearity
import torch
from torch import nn
from torch.nn.functional import adaptive_max_pool2d


def discriminator_features(D, x):
    pooled = []
    for layer in D.features:
        if isinstance(layer, nn.LeakyReLU):
            pooled.append(adaptive_max_pool2d(x, 4).flatten(1))
        x = layer(x)
    return torch.cat(pooled, 1)
