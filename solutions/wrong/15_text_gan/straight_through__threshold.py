# hint: not with a threshold


def straight_through(probs):
    hard = (probs > 0.5).double()
    return hard + probs - probs.detach()
