# hint: changed its argument logits in place


def bce_logits_backward(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("one target for each logit")
    return logits.sigmoid_().sub_(targets).div_(logits.numel())
