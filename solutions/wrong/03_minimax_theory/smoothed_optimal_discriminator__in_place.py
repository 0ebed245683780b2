# hint: in place
import torch


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    total = p_data + p_g
    p_data *= alpha
    return torch.where(total > 0, (p_data + beta * p_g) / total, 0.5)
