# hint: A net was switched
from torch.nn.functional import softplus


def discriminator_step(D, G, d_optimizer, real, z):
    D.eval()
    fake = G(z).detach()
    loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
