# hint: an n x n table
import torch


def bce_logits_backward(logits, targets):
    return (torch.sigmoid(logits) - targets) / logits.numel()
