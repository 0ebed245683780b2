# hint: with that rule


def inception_score(probs):
    kl = (probs * (probs / probs.mean(0)).log()).sum(1)
    return kl.mean().exp()
