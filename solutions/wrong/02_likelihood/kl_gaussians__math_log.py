# hint: `math.log` takes one number
import math


def kl_gaussians(mu0, std0, mu1, std1):
    return math.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2) - 0.5
