# hint: The shapes broadcast
import torch


def kl_gaussians(mu0, std0, mu1, std1):
    rows = zip(mu0, std0, mu1, std1, strict=True)
    return torch.stack(
        [torch.log(d / b) + (b**2 + (a - c) ** 2) / (2 * d**2) - 0.5 for a, b, c, d in rows]
    )
