# hint: alpha is that of the real samples
import torch


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    total = p_data + p_g
    return torch.where(total > 0, (beta * p_data + alpha * p_g) / total, 0.5)
