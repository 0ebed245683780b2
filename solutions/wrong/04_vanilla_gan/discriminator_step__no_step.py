# hint: made no step
from torch.nn.functional import softplus


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
    d_optimizer.zero_grad()
    loss.backward()
    return loss.detach()
