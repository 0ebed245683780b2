# hint: D's gradients must be empty
from torch.nn.functional import softplus


def generator_step(D, G, g_optimizer, z):
    loss = softplus(-D(G(z))).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    return loss.detach()
