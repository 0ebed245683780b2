# hint: Those are the bare convolutions
import torch
from torch import nn
from torch.nn.functional import adaptive_max_pool2d


def discriminator_features(D, x):
    pooled = []
    for layer in D.features:
        x = layer(x)
        if isinstance(layer, nn.Conv2d):
            pooled.append(adaptive_max_pool2d(x, 4).flatten(1))
    return torch.cat(pooled, 1)
