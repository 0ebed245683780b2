# hint: Large scores
import torch
from torch.func import functional_call
from torch.nn.functional import softplus


def unrolled_generator_loss(G, D, real, z, k, lr):
    fake = G(z)
    weights = {name: p.detach().requires_grad_() for name, p in D.named_parameters()}
    for _ in range(k):
        scores = [functional_call(D, weights, (x,)) for x in (real, fake)]
        loss = softplus(-scores[0]).mean() + softplus(scores[1]).mean()
        slopes = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
        pairs = zip(weights.items(), slopes, strict=True)
        weights = {name: w - lr * s for (name, w), s in pairs}
    return -functional_call(D, weights, (fake,)).sigmoid().log().mean()
