# hint: take abs() first, and the largest after
import torch


def spectral_radius(jacobian, lr):
    step = torch.eye(len(jacobian), dtype=jacobian.dtype) + lr * jacobian
    eigenvalues = torch.linalg.eigvals(step)
    return eigenvalues[eigenvalues.real.argmax()].abs()
