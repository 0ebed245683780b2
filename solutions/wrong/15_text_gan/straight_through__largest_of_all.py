# hint: Each row has a word of its own
from torch.nn.functional import one_hot


def straight_through(probs):
    hard = one_hot(probs.argmax(), probs.numel()).reshape(probs.shape)
    return hard + probs - probs.detach()
