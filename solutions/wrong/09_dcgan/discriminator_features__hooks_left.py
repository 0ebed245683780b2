# hint: A hook runs at every later call
import torch
from torch import nn
from torch.nn.functional import adaptive_max_pool2d


def discriminator_features(D, x):
    seen = []
    for layer in D.features:
        if isinstance(layer, nn.LeakyReLU):
            layer.register_forward_hook(lambda layer, came, out: seen.append(out))
    D(x)
    return torch.cat([adaptive_max_pool2d(h, 4).flatten(1) for h in seen], 1)
