# hint: A one-hot has no slope of its own
from torch.nn.functional import one_hot


def straight_through(probs):
    return one_hot(probs.argmax(-1), probs.shape[-1]).to(probs.dtype)
