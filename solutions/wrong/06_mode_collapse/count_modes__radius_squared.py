# hint: Squared distances were compared
import torch


def count_modes(samples, centers, radius, min_share):
    squares, nearest = (samples[:, None] - centers).square().sum(2).min(1)
    counts = torch.bincount(nearest[squares <= radius], minlength=len(centers))
    return int((counts >= min_share * len(samples)).sum())
