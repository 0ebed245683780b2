# hint: In D's turn only D learns
import torch
from torch.nn.functional import softplus


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z)
    loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
    optimizer = torch.optim.SGD([*D.parameters(), *G.parameters()], lr=0.1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()
