# hint: Real and fake have changed places
from torch.nn.functional import softplus


def discriminator_loss(real_scores, fake_scores):
    return softplus(real_scores).mean() + softplus(-fake_scores).mean()
