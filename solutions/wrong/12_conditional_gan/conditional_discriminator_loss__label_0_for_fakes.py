# hint: fakes are shown with the label that they were made for
import torch
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    return softplus(-D(real, label)).mean() + softplus(D(fake, torch.zeros_like(label))).mean()
