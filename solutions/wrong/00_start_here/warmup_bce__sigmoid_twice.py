# hint: A sigmoid was taken twice
import torch
from torch.nn.functional import softplus


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    p = torch.sigmoid(logits)
    return (softplus(p) - targets * p).mean()
