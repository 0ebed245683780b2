# hint: what the coin earns
import torch


def virtual_training_criterion(p_data, p_g, dx):
    d = torch.full_like(p_data, 0.5)
    return ((p_data * d.log() + p_g * (1 - d).log()) * dx).sum()
