# hint: count as they are
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    return (torch.sigmoid(logits) - (targets > 0.5).double()) / logits.numel()
