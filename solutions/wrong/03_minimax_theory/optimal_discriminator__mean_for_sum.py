# hint: not by their mean
import torch


def optimal_discriminator(p_data, p_g):
    mean = (p_data + p_g) / 2
    return torch.where(mean > 0, p_data / mean, 0.5)
