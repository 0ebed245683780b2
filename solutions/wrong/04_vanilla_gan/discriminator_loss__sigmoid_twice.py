# hint: A sigmoid was taken twice
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def discriminator_loss(real_scores, fake_scores):
    real, fake = torch.sigmoid(real_scores), torch.sigmoid(fake_scores)
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
