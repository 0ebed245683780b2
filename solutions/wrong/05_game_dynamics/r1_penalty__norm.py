# hint: That is the norm
import torch


def r1_penalty(scores, real):
    (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return gradient.flatten(1).norm(dim=1).mean()
