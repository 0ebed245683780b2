# hint: The minus is missing
from torch.nn.functional import logsigmoid


def non_saturating_generator_loss(fake_scores):
    return logsigmoid(fake_scores).mean()
