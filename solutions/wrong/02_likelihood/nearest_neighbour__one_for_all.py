# hint: yours is one for all
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    index = table.argmin()
    return index % len(train), table.min()
