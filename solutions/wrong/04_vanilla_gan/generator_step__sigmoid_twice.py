# hint: a sigmoid was taken twice
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def generator_step(D, G, g_optimizer, z):
    D.requires_grad_(False)
    p = torch.sigmoid(D(G(z)))
    loss = bce(p, torch.ones_like(p))
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
