# hint: no Cholesky root
import torch


def frechet_distance(mu0, cov0, mu1, cov1):
    factor = torch.linalg.cholesky(cov0)
    cross = torch.linalg.eigvalsh(factor.T @ cov1 @ factor).sqrt().sum()
    return (mu0 - mu1).square().sum() + cov0.trace() + cov1.trace() - 2 * cross
