# hint: Only the noise was divided


def gumbel_softmax(logits, tau, noise):
    return (logits + noise / tau).softmax(-1)
