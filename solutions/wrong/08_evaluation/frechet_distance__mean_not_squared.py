# hint: counts squared
import torch


def frechet_distance(mu0, cov0, mu1, cov1):
    shift = torch.linalg.vector_norm(mu0 - mu1)
    values, vectors = torch.linalg.eigh(cov0)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov1 @ root).clamp(min=0).sqrt().sum()
    return shift + cov0.trace() + cov1.trace() - 2 * cross
