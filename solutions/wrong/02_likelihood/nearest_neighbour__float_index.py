# hint: Leave the index as `argmin` gives it
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    return table.argmin(1).double(), table.amin(1)
