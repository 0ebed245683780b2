# hint: p_data * dx are probabilities
import math

import torch


def jsd(p, q):
    m = (p + q) / 2
    return (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, m)).sum() / 2


def virtual_training_criterion(p_data, p_g, dx):
    return 2 * jsd(p_data, p_g) - math.log(4)
