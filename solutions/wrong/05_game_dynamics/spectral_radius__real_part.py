# hint: That is the largest real part
import torch


def spectral_radius(jacobian, lr):
    step = torch.eye(len(jacobian), dtype=jacobian.dtype) + lr * jacobian
    return torch.linalg.eigvals(step).real.max()
