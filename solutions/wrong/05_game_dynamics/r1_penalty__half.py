# hint: gamma / 2 stays outside
import torch


def r1_penalty(scores, real):
    (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return gradient.square().flatten(1).sum(1).mean() / 2
