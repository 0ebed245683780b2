# hint: finds no way back to logits


def gumbel_softmax(logits, tau, noise):
    return ((logits.detach() + noise) / tau).softmax(-1)
