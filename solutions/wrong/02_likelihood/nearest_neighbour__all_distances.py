# hint: All distances came
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    return table.argmin(1), table
