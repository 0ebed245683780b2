# hint: balls are those of the wrong set
import torch


def precision_recall(real, fake, k):
    def covered(points, centers):
        radius = torch.cdist(points, points).kthvalue(k + 1).values[:, None]
        return (torch.cdist(points, centers) <= radius).any(1).double().mean()

    return covered(fake, real), covered(real, fake)
