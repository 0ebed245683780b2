# hint: Large scores count in full
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return (p - targets) / logits.numel()
