# hint: No slope goes through
import torch
from torch.nn.functional import softplus


def unrolled_generator_loss(G, D, real, z, k, lr):
    kept = [p.detach().clone() for p in D.parameters()]
    for _ in range(k):
        loss = softplus(-D(real)).mean() + softplus(D(G(z))).mean()
        for p, slope in zip(
            D.parameters(), torch.autograd.grad(loss, list(D.parameters())), strict=True
        ):
            p.data = p.data - lr * slope
    loss = softplus(-D(G(z))).mean()
    for p, old in zip(D.parameters(), kept, strict=True):
        p.data = old
    return loss
