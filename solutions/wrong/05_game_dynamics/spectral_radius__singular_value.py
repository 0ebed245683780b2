# hint: That is the largest singular value
import torch


def spectral_radius(jacobian, lr):
    step = torch.eye(len(jacobian), dtype=jacobian.dtype) + lr * jacobian
    return torch.linalg.matrix_norm(step, 2)
