# hint: Each row along the last axis is a word
from torch.nn.functional import one_hot


def straight_through(probs):
    hard = one_hot(probs.argmax(0), probs.shape[0]).movedim(-1, 0)
    return hard + probs - probs.detach()
