# hint: you summed over the batch
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    D.requires_grad_(False)
    loss = softplus(-D(G(z))).sum()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
