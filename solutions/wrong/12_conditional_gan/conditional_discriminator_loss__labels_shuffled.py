# hint: fakes are shown with the label that they were made for
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    other = label.roll(1)
    return softplus(-D(real, label)).mean() + softplus(D(fake, other)).mean()
