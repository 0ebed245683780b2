# hint: the fakes with label beta are missing
import torch


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    total = p_data + p_g
    return torch.where(total > 0, alpha * p_data / total, 0.5)
