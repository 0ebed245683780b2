# hint: no other is drawn
import torch


def gumbel_softmax(logits, tau, noise):
    own = -torch.log(-torch.log(torch.rand_like(logits)))
    return ((logits + own) / tau).softmax(-1)
