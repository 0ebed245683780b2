# hint: Large scores count in full
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    p = torch.sigmoid(logits.clamp(-10, 10))
    return (p - targets) / logits.numel()
