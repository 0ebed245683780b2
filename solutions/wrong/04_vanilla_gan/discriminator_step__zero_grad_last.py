# hint: did `zero_grad` come last
from torch.nn.functional import softplus


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
    loss.backward()
    d_optimizer.zero_grad()
    d_optimizer.step()
    return loss.detach()
