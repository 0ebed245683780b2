# hint: never take a logarithm of it
import torch


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    p = torch.sigmoid(logits)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()
