# hint: You summed over the batch
import torch


def r1_penalty(scores, real):
    (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return gradient.square().sum()
