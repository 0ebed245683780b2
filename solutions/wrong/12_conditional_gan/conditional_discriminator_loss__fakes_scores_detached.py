# hint: its slope is not
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    return softplus(-D(real, label)).mean() + softplus(D(fake, label).detach()).mean()
