"""Right answers to the exercises of lesson 06, made in another way than the solution: the checks must pass them."""

import copy

import torch
from torch import nn


def count_modes(samples, centers, radius, min_share):
    """One sample after the other, with squares."""
    counts = [0] * len(centers)
    for sample in samples:
        squares = (sample - centers).square().sum(1).tolist()
        i = squares.index(min(squares))
        counts[i] += squares[i] <= radius**2
    return sum(count / len(samples) >= min_share for count in counts)


def mode_kl(samples, centers):
    """By the definition, over the modes that are not empty, as a tensor."""
    nearest = (samples[:, None, :] - centers).pow(2).sum(-1).argmin(-1)
    shares = nn.functional.one_hot(nearest, len(centers)).double().mean(0)
    shares = shares[shares > 0]
    return (shares * (shares * len(centers)).log()).sum()


def minibatch_stddev(x):
    """From the flat samples, and the channel by multiplication."""
    flat = x.flatten(1)
    apart = flat - flat.mean(0)
    spread = torch.sqrt((apart * apart).sum(0) / len(x) + 1e-8).mean()
    return torch.cat((x, torch.ones_like(x[:, :1]) * spread), dim=1)


class MinibatchDiscrimination(nn.Module):
    """With a loop over the kernels and `cdist`."""

    def __init__(self, n_features, n_kernels, kernel_dim):
        super().__init__()
        self.register_parameter("T", nn.Parameter(torch.rand(n_features, n_kernels, kernel_dim)))

    def forward(self, features):
        columns = [features]
        for b in range(self.T.shape[1]):
            rows = features @ self.T[:, b]
            near = torch.stack([torch.exp(-(rows - row).abs().sum(1)) for row in rows])
            columns.append(near.sum(1, keepdim=True))
        return torch.cat(columns, 1)


class ReplayBuffer:
    """With a list of samples."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.samples = []

    def exchange(self, fakes, generator):
        rows = [row.detach().clone() for row in fakes]
        if len(self.samples) < self.capacity:
            self.samples += [row.clone() for row in rows[: self.capacity - len(self.samples)]]
            return torch.stack(rows)
        slots = torch.rand(self.capacity, generator=generator).argsort().tolist()
        places = torch.rand(len(rows), generator=generator).argsort().tolist()
        for place, slot in zip(places[: len(rows) // 2], slots, strict=False):
            rows[place], self.samples[slot] = self.samples[slot], rows[place]
        return torch.stack(rows)


def unrolled_generator_loss(G, D, real, z, k, lr):
    """On a copy of D whose weights are replaced by tensors of the graph, with cross-entropy."""
    bce = nn.functional.binary_cross_entropy_with_logits
    fake, later = G(z), copy.deepcopy(D)
    places = [
        (module, name)
        for module in later.modules()
        for name, p in list(module._parameters.items())
        if p is not None
    ]
    for module, name in places:
        weight = module._parameters.pop(name)
        setattr(module, name, weight.detach().clone().requires_grad_())
    for _ in range(k):
        on_real, on_fake = later(real), later(fake)
        loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
        weights = [getattr(module, name) for module, name in places]
        slopes = torch.autograd.grad(loss, weights, create_graph=True)
        for (module, name), weight, slope in zip(places, weights, slopes, strict=True):
            setattr(module, name, weight - lr * slope)
    score = later(fake)
    return bce(score, torch.ones_like(score))


def pack(x, m):
    """By slices, joined along the channels."""
    if len(x) % m != 0:
        raise ValueError("m must divide the number of samples")
    return torch.cat([x[i::m] for i in range(m)], 1)
