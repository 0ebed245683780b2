"""The probes of lesson 06: questions about slopes, layers and nets. Each travels to the student as source."""


def spread_slope(student, x, weight):
    """A probe: the slope of the weighted new channel by x, or nothing if there is no way back."""
    import torch

    x = x.clone().requires_grad_()
    out = student.minibatch_stddev(x)
    last = (out[:, -1] * weight).sum()
    if not last.requires_grad:
        return None
    (slope,) = torch.autograd.grad(last, x, allow_unused=True)
    return slope


def discriminate(student, features, kernels):
    """A probe: the layer's parameters as it is made; with `kernels` in their place, its output and two slopes."""
    import torch

    layer = student.MinibatchDiscrimination(*kernels.shape)
    made = [list(p.shape) for p in layer.parameters()] if isinstance(layer, torch.nn.Module) else None
    facts = {"made": made, "varied": False}
    if made != [list(kernels.shape)]:
        return facts
    (parameter,) = layer.parameters()
    facts["varied"] = bool(parameter.detach().flatten().unique().numel() > 1) or parameter.numel() == 1
    layer.double()
    (parameter,) = layer.parameters()
    with torch.no_grad():
        parameter.copy_(kernels)
    leaf = features.clone().requires_grad_()
    facts["out"] = out = layer(leaf)
    weights = torch.arange(1.0, out.numel() + 1, dtype=torch.float64).reshape(out.shape).cos()
    facts["slopes"] = None
    if out.requires_grad:
        slopes = torch.autograd.grad((out * weights).sum(), [parameter, leaf], allow_unused=True)
        facts["slopes"] = [torch.zeros(()) if s is None else s for s in slopes]
    return facts


def look_ahead(student, g, d, real, z, k, lr, flat):
    """A probe: the loss, its slope by G's weights, and what became of D."""
    import torch
    from torch import nn

    G = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)).double()
    D = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Flatten(0 if flat else 1)).double()
    for net, values in ((G, g), (D, d)):
        nn.utils.vector_to_parameters(values.clone(), net.parameters())
    loss = student.unrolled_generator_loss(G, D, real, z, k, lr)
    kept = torch.equal(nn.utils.parameters_to_vector(D.parameters()).detach(), d)
    grads = any(p.grad is not None for net in (G, D) for p in net.parameters())
    frozen = not all(p.requires_grad for net in (G, D) for p in net.parameters())
    facts = {"loss": loss, "kept": kept, "grads": grads, "frozen": frozen, "slope": None}
    if isinstance(loss, torch.Tensor) and loss.dim() == 0 and loss.requires_grad:
        slopes = torch.autograd.grad(loss, list(G.parameters()), allow_unused=True)
        pairs = zip(slopes, G.parameters(), strict=True)
        facts["slope"] = torch.cat([(torch.zeros_like(p) if s is None else s).flatten() for s, p in pairs])
    return facts
