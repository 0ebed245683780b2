# hint: Large scores count in full
import torch


def non_saturating_generator_loss(fake_scores):
    return -torch.sigmoid(fake_scores).clamp(min=1e-7).log().mean()
