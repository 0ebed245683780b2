# hint: Those are the probabilities
from torch.nn.functional import one_hot


def straight_through(probs):
    hard = one_hot(probs.argmax(-1), probs.shape[-1])
    return hard + (probs - hard)
