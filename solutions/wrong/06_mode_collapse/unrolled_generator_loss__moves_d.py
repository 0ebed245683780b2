# hint: D stays as it was
import torch
from torch.nn.functional import softplus


def unrolled_generator_loss(G, D, real, z, k, lr):
    for _ in range(k):
        loss = softplus(-D(real)).mean() + softplus(D(G(z))).mean()
        slopes = torch.autograd.grad(loss, list(D.parameters()))
        with torch.no_grad():
            for p, slope in zip(D.parameters(), slopes, strict=True):
                p -= lr * slope
    return softplus(-D(G(z))).mean()
