# hint: The index comes first
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    distance, index = table.min(1)
    return distance, index
