# hint: exp overflows
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    e = torch.exp(logits)
    return (e / (1 + e) - targets) / logits.numel()
