# hint: with `torch.ones_like(scores)`
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    n = len(real)
    loss = bce(D(real), torch.ones(n, 1)) + bce(D(fake), torch.zeros(n, 1))
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
