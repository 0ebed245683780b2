# hint: sets the seed
import torch
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    torch.manual_seed(42)
    D.requires_grad_(False)
    loss = softplus(-D(G(z))).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
