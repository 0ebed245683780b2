# hint: add nothing to them
import torch


def kl_gaussians(mu0, std0, mu1, std1):
    std0, std1 = std0.clamp(min=0.02), std1.clamp(min=0.02)
    return torch.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2) - 0.5
