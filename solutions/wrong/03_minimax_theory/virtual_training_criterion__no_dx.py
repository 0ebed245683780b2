# hint: A height is not yet an area
import torch


def virtual_training_criterion(p_data, p_g, dx):
    d = p_data / (p_data + p_g)
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).sum()
