# hint: A net was switched
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    D.eval()
    D.requires_grad_(False)
    loss = softplus(-D(G(z))).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    D.train()
    return loss.detach()
