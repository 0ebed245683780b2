# hint: one mean over both batches
import torch
from torch.nn.functional import softplus


def discriminator_loss(real_scores, fake_scores):
    losses = torch.cat([softplus(-real_scores).flatten(), softplus(fake_scores).flatten()])
    return losses.mean()
