# hint: do not belong into the denominator
import torch


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    total = alpha * p_data + beta * p_g
    return torch.where(total > 0, alpha * p_data / total, 0.5)
