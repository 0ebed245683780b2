# hint: PyTorch must go back through it
from torch.nn.functional import softplus


def non_saturating_generator_loss(fake_scores):
    return softplus(-fake_scores.detach()).mean()
