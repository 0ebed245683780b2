# hint: makes an n x n table
from torch.nn.functional import softplus


def warmup_bce(logits, targets):
    return (softplus(logits) - targets * logits).mean()
