# hint: from one sample on
import torch


def count_modes(samples, centers, radius, min_share):
    distances, nearest = torch.cdist(samples, centers).min(1)
    return len(nearest[distances <= radius].unique())
