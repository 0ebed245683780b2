# hint: In G's turn only G learns
import torch
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    loss = softplus(-D(G(z))).mean()
    optimizer = torch.optim.SGD([*G.parameters(), *D.parameters()], lr=0.1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()
