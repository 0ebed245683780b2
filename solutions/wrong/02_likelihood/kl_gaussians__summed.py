# hint: no sum or mean over them
import torch


def kl_gaussians(mu0, std0, mu1, std1):
    kl = torch.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2) - 0.5
    return kl.sum()
