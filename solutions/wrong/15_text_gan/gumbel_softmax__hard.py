# hint: That is the hard choice
from torch.nn.functional import one_hot


def gumbel_softmax(logits, tau, noise):
    return one_hot((logits + noise).argmax(-1), logits.shape[-1]).double()
