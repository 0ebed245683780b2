# hint: in place
from torch.nn.functional import softplus


def discriminator_loss(real_scores, fake_scores):
    return softplus(real_scores.neg_()).mean() + softplus(fake_scores).mean()
