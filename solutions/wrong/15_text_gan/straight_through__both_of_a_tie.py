# hint: Of equally large entries only the first


def straight_through(probs):
    hard = (probs == probs.amax(-1, keepdim=True)).double()
    return hard + probs - probs.detach()
