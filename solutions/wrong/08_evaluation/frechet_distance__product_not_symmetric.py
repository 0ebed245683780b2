# hint: one triangle of a matrix
import torch


def frechet_distance(mu0, cov0, mu1, cov1):
    shift = (mu0 - mu1).square().sum()
    cross = torch.linalg.eigvalsh(cov0 @ cov1).clamp(min=0).sqrt().sum()
    return shift + cov0.trace() + cov1.trace() - 2 * cross
