# hint: -1/2 is missing
import torch


def kl_gaussians(mu0, std0, mu1, std1):
    return torch.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2)
