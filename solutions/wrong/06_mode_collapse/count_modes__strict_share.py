# hint: `>=`, not `>`
import torch


def count_modes(samples, centers, radius, min_share):
    distances, nearest = torch.cdist(samples, centers).min(1)
    counts = torch.bincount(nearest[distances <= radius], minlength=len(centers))
    return int((counts > min_share * len(samples)).sum())
