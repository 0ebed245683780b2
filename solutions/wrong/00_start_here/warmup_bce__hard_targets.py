# hint: Targets between 0 and 1 count in proportion
import torch
from torch.nn.functional import softplus


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    return torch.where(targets > 0.5, softplus(-logits), softplus(logits)).mean()
