# hint: That is the second nearest
import torch


def nearest_neighbour(samples, train):
    table = torch.cdist(samples.flatten(1), train.flatten(1))
    order = table.argsort(1)
    index = order[:, 1] if len(train) > 1 else order[:, 0]
    return index, table.gather(1, index[:, None])[:, 0]
