# hint: A sigmoid was taken twice
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    p = torch.sigmoid(logits)
    return (torch.sigmoid(p) - targets) / logits.numel()
