# hint: D is in eval mode and stays so
import torch
from torch import nn
from torch.nn.functional import adaptive_max_pool2d


def discriminator_features(D, x):
    pooled = []
    D.eval()
    for layer in D.features:
        x = layer(x)
        if isinstance(layer, nn.LeakyReLU):
            pooled.append(adaptive_max_pool2d(x, 4).flatten(1))
    D.train()
    return torch.cat(pooled, 1)
