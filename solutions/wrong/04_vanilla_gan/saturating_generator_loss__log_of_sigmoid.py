# hint: never take its logarithm
import torch


def saturating_generator_loss(fake_scores):
    return torch.log(1 - torch.sigmoid(fake_scores)).mean()
