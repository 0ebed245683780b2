# hint: You summed over the batch
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    return softplus(-D(real, label)).sum() + softplus(D(fake, label)).sum()
