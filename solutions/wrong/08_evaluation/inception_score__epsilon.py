# hint: needs none


def inception_score(probs):
    marginal = probs.mean(0)
    kl = (probs * ((probs + 1e-6).log() - (marginal + 1e-6).log())).sum(1)
    return kl.mean().exp()
