# hint: make targets with `torch.ones_like`
from torch.nn.functional import binary_cross_entropy_with_logits


def perceptual_loss(content, fake_scores, weight=1e-3):
    ones = torch.ones(len(fake_scores), dtype=fake_scores.dtype)
    return content + weight * binary_cross_entropy_with_logits(fake_scores, ones)
