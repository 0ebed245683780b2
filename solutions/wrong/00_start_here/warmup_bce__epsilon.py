# hint: Large scores count in full
import torch


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    p = torch.sigmoid(logits)
    return -(targets * (p + 1e-12).log() + (1 - targets) * (1 - p + 1e-12).log()).mean()
