# hint: for every centre within the radius
import torch


def count_modes(samples, centers, radius, min_share):
    counts = (torch.cdist(samples, centers) <= radius).sum(0)
    return int((counts >= min_share * len(samples)).sum())
