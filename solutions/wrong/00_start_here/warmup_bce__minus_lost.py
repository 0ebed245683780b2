# hint: a minus was lost
from torch.nn.functional import logsigmoid


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    return (targets * logsigmoid(logits) + (1 - targets) * logsigmoid(-logits)).mean()
