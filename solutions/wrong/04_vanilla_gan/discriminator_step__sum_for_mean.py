# hint: you summed over the batch
from torch.nn.functional import softplus


def discriminator_step(D, G, d_optimizer, real, z):
    fake = G(z).detach()
    loss = softplus(-D(real)).sum() + softplus(D(fake)).sum()
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
