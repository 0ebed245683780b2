# hint: A sigmoid was taken twice
import torch
from torch.nn.functional import binary_cross_entropy_with_logits


def conditional_discriminator_loss(D, real, fake, label):
    on_real, on_fake = D(real, label).sigmoid(), D(fake, label).sigmoid()
    loss = binary_cross_entropy_with_logits
    return loss(on_real, torch.ones_like(on_real)) + loss(on_fake, torch.zeros_like(on_fake))
