# hint: did `detach` cut it off
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    loss = softplus(-D(G(z).detach())).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    return loss.detach()
