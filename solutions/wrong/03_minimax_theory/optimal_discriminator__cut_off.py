# hint: Small densities have a ratio like any other
import torch


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    return torch.where(total > 1e-12, p_data / total.clamp(min=1e-12), 0.5)
