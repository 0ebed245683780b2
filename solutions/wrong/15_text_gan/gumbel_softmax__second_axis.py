# hint: The words are the last axis


def gumbel_softmax(logits, tau, noise):
    return ((logits + noise) / tau).softmax(min(1, logits.dim() - 1))
