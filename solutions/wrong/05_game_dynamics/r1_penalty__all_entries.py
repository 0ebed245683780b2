# hint: That is the mean over all entries
import torch


def r1_penalty(scores, real):
    (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return gradient.square().mean()
