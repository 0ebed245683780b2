# hint: PyTorch must be able to go back
import torch
from torch.nn.functional import softplus


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    return torch.tensor((softplus(logits) - targets * logits).mean().item())
