# hint: non-saturating loss
from torch.nn.functional import softplus


def saturating_generator_loss(fake_scores):
    return softplus(-fake_scores).mean()
