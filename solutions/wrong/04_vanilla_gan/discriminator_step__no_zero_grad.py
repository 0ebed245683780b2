# hint: old gradients were added
from torch.nn.functional import softplus


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
