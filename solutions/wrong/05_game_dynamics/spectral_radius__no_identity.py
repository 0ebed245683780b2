# hint: The identity is missing
import torch


def spectral_radius(jacobian, lr):
    return torch.linalg.eigvals(lr * jacobian).abs().max()
