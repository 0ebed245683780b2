# hint: A minus was lost
from torch.nn.functional import logsigmoid


def generator_step(D, G, g_optimizer, z):
    D.requires_grad_(False)
    loss = logsigmoid(D(G(z))).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
