# hint: You summed over the batch
from torch.nn.functional import softplus


def discriminator_loss(real_scores, fake_scores):
    return softplus(-real_scores).sum() + softplus(fake_scores).sum()
