# hint: softmax, not log_softmax


def gumbel_softmax(logits, tau, noise):
    return ((logits + noise) / tau).log_softmax(-1)
