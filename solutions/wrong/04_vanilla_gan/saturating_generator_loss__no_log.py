# hint: its logarithm was forgotten
import torch


def saturating_generator_loss(fake_scores):
    return -torch.sigmoid(fake_scores).mean()
