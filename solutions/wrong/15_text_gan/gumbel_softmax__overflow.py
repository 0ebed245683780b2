# hint: `exp` of a large logit is infinite
import torch


def gumbel_softmax(logits, tau, noise):
    y = torch.exp((logits + noise) / tau)
    return y / y.sum(-1, keepdim=True)
