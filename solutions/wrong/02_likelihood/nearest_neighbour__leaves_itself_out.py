# hint: no training image is left out
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    table[table < 1e-6] = torch.inf
    distance, index = table.min(1)
    return index, distance
