# hint: the identity must have that of the Jacobian
import torch


def spectral_radius(jacobian, lr):
    step = torch.eye(2, dtype=jacobian.dtype) + lr * jacobian
    return torch.linalg.eigvals(step).abs().max()
