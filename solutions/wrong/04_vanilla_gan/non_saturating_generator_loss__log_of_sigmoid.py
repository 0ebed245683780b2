# hint: never take its logarithm
import torch


def non_saturating_generator_loss(fake_scores):
    return -torch.log(torch.sigmoid(fake_scores)).mean()
