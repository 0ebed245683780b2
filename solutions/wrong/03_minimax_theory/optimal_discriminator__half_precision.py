# hint: float64 turned into float32
import torch


def optimal_discriminator(p_data, p_g):
    p_data, p_g = p_data.float(), p_g.float()
    total = p_data + p_g
    seen = total > 0
    return torch.where(seen, p_data / torch.where(seen, total, 1), 0.5)
