# hint: old gradients were added
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    loss = softplus(-D(G(z))).mean()
    D.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.zero_grad()
    return loss.detach()
