# hint: in place
import torch


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    p_data /= torch.where(total > 0, total, 1)
    return torch.where(total > 0, p_data, 0.5)
