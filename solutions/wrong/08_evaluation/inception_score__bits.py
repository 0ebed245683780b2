# hint: natural logarithms


def inception_score(probs):
    marginal = probs.mean(0)
    kl = (probs * (probs / marginal).log2()).sum(1)
    return kl.mean().exp()
