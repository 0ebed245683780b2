# hint: That is the one-hot plus probs
from torch.nn.functional import one_hot


def straight_through(probs):
    return one_hot(probs.argmax(-1), probs.shape[-1]) + probs
