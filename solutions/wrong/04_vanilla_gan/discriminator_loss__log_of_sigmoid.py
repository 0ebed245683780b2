# hint: never take its logarithm
import torch


def discriminator_loss(real_scores, fake_scores):
    real, fake = torch.sigmoid(real_scores), torch.sigmoid(fake_scores)
    return -real.log().mean() - (1 - fake).log().mean()
