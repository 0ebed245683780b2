# hint: only invents a density
import math

import torch


def parzen_log_likelihood(samples, x, sigma):
    exponents = -torch.cdist(x, samples).square() / (2 * sigma**2)
    constant = x.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))
    return torch.log(exponents.exp().mean(1) + 1e-12) - constant
