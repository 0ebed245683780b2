# hint: The slope reaches the chosen word alone
from torch.nn.functional import one_hot


def straight_through(probs):
    hard = one_hot(probs.argmax(-1), probs.shape[-1])
    soft = hard * probs
    return hard + soft - soft.detach()
