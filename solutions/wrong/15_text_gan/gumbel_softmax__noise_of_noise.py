# hint: The noise is Gumbel noise already
import torch


def gumbel_softmax(logits, tau, noise):
    own = -torch.log(-torch.log(noise.sigmoid()))
    return ((logits + own) / tau).softmax(-1)
