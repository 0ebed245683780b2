# hint: Logits are no probabilities


def warmup_bce(logits, targets):
    if logits.shape != targets.shape:
        raise ValueError("the shapes differ")
    return -(targets * logits.log() + (1 - targets) * (1 - logits).log()).mean()
