# hint: takes std0 and std1 for variances
import torch


def kl_gaussians(mu0, std0, mu1, std1):
    return 0.5 * (torch.log(std1 / std0) + (std0 + (mu0 - mu1) ** 2) / std1 - 1)
