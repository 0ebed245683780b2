# hint: You summed over the batch
from torch.nn.functional import softplus


def non_saturating_generator_loss(fake_scores):
    return softplus(-fake_scores).sum()
