# hint: I + lr J, not I - lr J
import torch


def spectral_radius(jacobian, lr):
    step = torch.eye(len(jacobian), dtype=jacobian.dtype) - lr * jacobian
    return torch.linalg.eigvals(step).abs().max()
