# hint: `backward` finds no way
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    return softplus(-D(real, label).detach()).mean() + softplus(D(fake, label).detach()).mean()
