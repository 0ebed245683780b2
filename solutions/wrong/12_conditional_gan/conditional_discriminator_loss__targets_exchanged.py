# hint: The targets are exchanged
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    return softplus(D(real, label)).mean() + softplus(-D(fake, label)).mean()
