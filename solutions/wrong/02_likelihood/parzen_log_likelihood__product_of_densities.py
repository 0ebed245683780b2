# hint: exp of each exponent is 0
import math

import torch


def parzen_log_likelihood(samples, x, sigma):
    z = (x[:, None] - samples) / sigma
    density = torch.exp(-(z**2) / 2) / (sigma * math.sqrt(2 * math.pi))
    return density.prod(2).mean(1).log()
