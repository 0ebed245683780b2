# hint: That is log D
from torch.nn.functional import logsigmoid


def saturating_generator_loss(fake_scores):
    return logsigmoid(fake_scores).mean()
