# hint: the loss after the update
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    D.requires_grad_(False)
    loss = softplus(-D(G(z))).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    loss = softplus(-D(G(z))).mean()
    D.requires_grad_(True)
    return loss.detach()
