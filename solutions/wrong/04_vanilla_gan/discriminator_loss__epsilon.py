# hint: Large scores count in full
import torch


def discriminator_loss(real_scores, fake_scores):
    real, fake = torch.sigmoid(real_scores), torch.sigmoid(fake_scores)
    return -(real + 1e-12).log().mean() - (1 - fake + 1e-12).log().mean()
