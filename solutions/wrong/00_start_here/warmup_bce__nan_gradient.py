# hint: its gradient is nan
import torch


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    small = torch.log(1 + torch.exp(logits))
    return (torch.where(logits > 30, logits, small) - targets * logits).mean()
