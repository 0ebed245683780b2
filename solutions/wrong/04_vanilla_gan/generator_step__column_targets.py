# hint: with `torch.ones_like(scores)`
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def generator_step(D, G, g_optimizer, z):
    D.requires_grad_(False)
    loss = bce(D(G(z)), torch.ones(len(z), 1))
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
