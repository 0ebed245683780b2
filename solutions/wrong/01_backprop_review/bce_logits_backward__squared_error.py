# hint: the squared error of the probabilities
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    p = torch.sigmoid(logits)
    return 2 * (p - targets) * p * (1 - p) / logits.numel()
