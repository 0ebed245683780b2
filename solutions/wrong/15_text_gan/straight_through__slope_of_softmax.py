# hint: The slope went through a softmax
from torch.nn.functional import one_hot


def straight_through(probs):
    hard, soft = one_hot(probs.argmax(-1), probs.shape[-1]), probs.softmax(-1)
    return hard + soft - soft.detach()
