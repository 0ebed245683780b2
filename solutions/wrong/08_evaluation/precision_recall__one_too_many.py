# hint: one neighbour too many
import torch


def precision_recall(real, fake, k):
    def covered(points, centers):
        radius = torch.cdist(centers, centers).sort().values[:, min(k + 1, len(centers) - 1)]
        return (torch.cdist(points, centers) <= radius).any(1).double().mean()

    return covered(fake, real), covered(real, fake)
