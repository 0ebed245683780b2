# hint: is for symmetric matrices
import torch


def spectral_radius(jacobian, lr):
    step = torch.eye(len(jacobian), dtype=jacobian.dtype) + lr * jacobian
    return torch.linalg.eigvalsh(step).abs().max()
