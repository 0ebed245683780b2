"""The probes of lesson 16: they watch a function or a net at work. Each travels to the student as source."""


def shuffle(student, x, r):
    """A probe: what pixel_shuffle returns, and whether it is torch's own."""
    import torch
    from torch.overrides import TorchFunctionMode

    called = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            called.append(getattr(func, "__name__", ""))
            return func(*args, **(kwargs or {}))

    with Watch():
        out = student.pixel_shuffle(x.clone(), r)
    return {"out": out, "own": "pixel_shuffle" not in called, "is_tensor": isinstance(out, torch.Tensor)}


def watch_features(student, sr, hr, weight, flat):
    """A probe: content_loss with a net of one convolution, its slopes, and whether the net stayed as it was.

    With `flat` the features are rows (N, d), else maps.
    """
    import torch
    from torch import nn

    class Features(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(weight.clone())

        def forward(self, x):
            maps = nn.functional.conv2d(x, self.weight, padding=1).tanh()
            return maps.flatten(1) if flat else maps

    features = Features().eval()
    sr, hr = sr.clone().requires_grad_(), hr.clone().requires_grad_()
    out = student.content_loss(features, sr, hr)
    kept = not features.training and features.weight.requires_grad and torch.equal(features.weight.data, weight)
    facts = {"out": out, "kept": kept, "slopes": None}
    if kept and isinstance(out, torch.Tensor) and out.requires_grad and out.numel() == 1:
        leaves = [sr, hr, features.weight]
        slopes = torch.autograd.grad(out.sum(), leaves, allow_unused=True)
        pairs = zip(leaves, slopes, strict=True)
        facts["slopes"] = [torch.zeros_like(leaf) if slope is None else slope for leaf, slope in pairs]
    return facts


def with_a_function(student, sr, hr):
    """A probe: content_loss where the features are a plain function."""
    return student.content_loss(lambda x: x.square().mean((2, 3)), sr, hr)


def watch_block(student, width, x, moved):
    """A probe: what goes in and out of each layer of a new block in training, and which parameters get a gradient.

    With `moved` every parameter of `width` numbers or fewer was shifted before: what it rules then comes out otherwise.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    kinds, layers = {"conv2d": "conv", "batch_norm": "norm"}, []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            kwargs, kind = kwargs or {}, kinds.get(getattr(func, "__name__", ""))
            if kind is None:
                return func(*args, **kwargs)
            before = args[0].detach().clone()  # the block may go on in place
            out = func(*args, **kwargs)
            parameters, rest = list(net.parameters()), [*args[1:], *kwargs.values()]
            weights = [t for t in rest if isinstance(t, torch.nn.Parameter)]
            at = next((i for i, p in enumerate(parameters) if weights and p is weights[0]), -1)
            eps = float(kwargs.get("eps", args[7] if len(args) > 7 else 1e-5)) if kind == "norm" else 0.0
            facts = {"weight": at, "shape": list(weights[0].shape) if weights else [], "eps": eps}
            layers.append({"kind": kind, "x": before, "y": out.detach().clone()} | facts)
            return out

    net = student.ResidualBlock(width)
    if not isinstance(net, torch.nn.Module):
        return {"is_module": False}
    net.train()
    if moved:
        for p in net.parameters():
            if p.numel() <= width:
                p.data.add_(0.1 * torch.arange(1.0, p.numel() + 1).cos().reshape(p.shape))
    before = x.clone()
    with Watch():
        out = net(x)
    facts = {"is_module": True, "layers": layers, "out": out, "kept": torch.equal(x, before)}
    facts["unreached"] = [name for name, _ in net.named_parameters()]
    if facts["kept"] and isinstance(out, torch.Tensor) and out.requires_grad:
        weights = torch.arange(1.0, out.numel() + 1).reshape(out.shape).cos()
        (out * weights).sum().backward()
        facts["unreached"] = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.isfinite().all()]
    return facts
