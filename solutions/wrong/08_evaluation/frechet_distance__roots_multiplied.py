# hint: unless the two commute
import torch


def frechet_distance(mu0, cov0, mu1, cov1):
    def root(cov):
        values, vectors = torch.linalg.eigh(cov)
        return vectors * values.clamp(min=0).sqrt() @ vectors.T

    apart = (mu0 - mu1).square().sum()
    return apart + (cov0 + cov1 - 2 * root(cov0) @ root(cov1)).trace()
