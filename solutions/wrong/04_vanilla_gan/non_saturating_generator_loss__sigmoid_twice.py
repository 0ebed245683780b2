# hint: A sigmoid was taken twice
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def non_saturating_generator_loss(fake_scores):
    p = torch.sigmoid(fake_scores)
    return bce(p, torch.ones_like(p))
