# hint: edge belongs to the ball
import torch


def precision_recall(real, fake, k):
    def covered(points, centers):
        radius = torch.cdist(centers, centers).kthvalue(k + 1).values
        return (torch.cdist(points, centers) < radius).any(1).double().mean()

    return covered(fake, real), covered(real, fake)
