# hint: a logarithm meets a rounded 0
import torch


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    p = torch.sigmoid(logits)
    grad_p = (-targets / p + (1 - targets) / (1 - p)) / logits.numel()
    return grad_p * p * (1 - p)
