# hint: D takes the pair
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    return softplus(-D(real)).mean() + softplus(D(fake)).mean()
