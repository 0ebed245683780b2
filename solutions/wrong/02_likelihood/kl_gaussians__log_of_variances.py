# hint: half that of the variances
import torch


def kl_gaussians(mu0, std0, mu1, std1):
    v0, v1 = std0**2, std1**2
    return torch.log(v1 / v0) + (v0 + (mu0 - mu1) ** 2) / (2 * v1) - 0.5
