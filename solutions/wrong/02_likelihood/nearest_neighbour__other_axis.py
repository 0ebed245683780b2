# hint: yours has one for each training image
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    distance, index = table.min(0)
    return index, distance
