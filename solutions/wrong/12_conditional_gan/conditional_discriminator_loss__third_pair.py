# hint: Reals are shown with their own label
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    wrong = softplus(D(real, label.roll(1))).mean()
    return softplus(-D(real, label)).mean() + (softplus(D(fake, label)).mean() + wrong) / 2
