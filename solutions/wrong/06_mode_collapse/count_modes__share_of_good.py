# hint: share was taken of the good samples
import torch


def count_modes(samples, centers, radius, min_share):
    distances, nearest = torch.cdist(samples, centers).min(1)
    good = distances <= radius
    counts = torch.bincount(nearest[good], minlength=len(centers))
    return int((counts >= min_share * good.sum()).sum())
