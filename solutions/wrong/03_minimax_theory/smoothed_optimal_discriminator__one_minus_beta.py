# hint: in yours 1 - beta
import torch


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    total = p_data + p_g
    return torch.where(total > 0, (alpha * p_data + (1 - beta) * p_g) / total, 0.5)
