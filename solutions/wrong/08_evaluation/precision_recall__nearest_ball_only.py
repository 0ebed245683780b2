# hint: only at that of its nearest centre
import torch


def precision_recall(real, fake, k):
    def covered(points, centers):
        radius = torch.cdist(centers, centers).kthvalue(k + 1).values
        return (
            (
                torch.cdist(points, centers).min(1).values
                <= radius[torch.cdist(points, centers).argmin(1)]
            )
            .double()
            .mean()
        )

    return covered(fake, real), covered(real, fake)
