# hint: in place
from torch.nn.functional import softplus


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    losses = softplus(logits) - targets * logits
    logits.clamp_(-50, 50)
    return losses.mean()
