"""A right answer to the exercise of lesson 00, made in another way than the solution: the check must pass it."""

import torch


def warmup_bce(logits, targets):
    """The formula as it is written, with stable logarithms."""
    if logits.shape != targets.shape:
        raise ValueError("shapes")
    log_p, log_not_p = (
        torch.nn.functional.logsigmoid(logits),
        torch.nn.functional.logsigmoid(-logits),
    )
    return torch.mean(-targets * log_p - (1 - targets) * log_not_p)
