# hint: share of pairs
import torch


def precision_recall(real, fake, k):
    def covered(points, centers):
        radius = torch.cdist(centers, centers).kthvalue(k + 1).values
        return (torch.cdist(points, centers) <= radius).double().mean()

    return covered(fake, real), covered(real, fake)
