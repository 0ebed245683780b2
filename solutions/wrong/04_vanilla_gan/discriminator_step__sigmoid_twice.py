# hint: a sigmoid was taken twice
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    real_p, fake_p = torch.sigmoid(D(real)), torch.sigmoid(D(fake))
    loss = bce(real_p, torch.ones_like(real_p)) + bce(fake_p, torch.zeros_like(fake_p))
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
