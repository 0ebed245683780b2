"""The probes of lesson 09: they watch a function or a net at work. Each travels to the student as source."""


def stamp(student, x, weight, stride, padding):
    """A probe: the transposed convolution, its slopes by x and weight, and whether torch's own was called."""
    import torch
    from torch.overrides import TorchFunctionMode

    called = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            called.append(getattr(func, "__name__", ""))
            return func(*args, **(kwargs or {}))

    leaves = [x.clone().requires_grad_(), weight.clone().requires_grad_()]
    with Watch():
        out = student.conv_transpose2d(*leaves, stride, padding)
    facts = {"out": out, "own": not any("conv_transpose" in name for name in called), "slopes": None}
    if isinstance(out, torch.Tensor) and out.requires_grad:
        weights = torch.arange(1.0, out.numel() + 1, dtype=out.dtype).reshape(out.shape).cos()
        slopes = torch.autograd.grad((out * weights).sum(), leaves, allow_unused=True)
        facts["slopes"] = [torch.zeros(()) if slope is None else slope for slope in slopes]
    return facts


def watch_net(student, name, arguments, x):
    """A probe: what goes in and out of each layer of a new net in training, and which parameters get a gradient."""
    import torch
    from torch.overrides import TorchFunctionMode

    kinds = {"conv2d": "conv", "conv_transpose2d": "transposed", "linear": "dense", "batch_norm": "norm"}
    kinds |= dict.fromkeys(["matmul", "__matmul__", "mm", "bmm", "addmm", "einsum"], "dense")
    layers = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            kwargs, kind = kwargs or {}, kinds.get(getattr(func, "__name__", ""))
            if kind is None:
                return func(*args, **kwargs)
            tensors = [a for a in [*args, *kwargs.values()] if isinstance(a, torch.Tensor)]
            before = tensors[0].detach().clone()  # the net may go on in place
            out = func(*args, **kwargs)
            stride = kwargs.get("stride", args[3] if len(args) > 3 else 1) if "conv" in func.__name__ else 1
            stride = stride if isinstance(stride, int) else max(stride)
            eps = float(kwargs.get("eps", args[7] if len(args) > 7 else 1e-5)) if kind == "norm" else 0.0
            layers.append({"kind": kind, "x": before, "y": out.detach().clone(), "stride": stride, "eps": eps})
            return out

    net = getattr(student, name)(*arguments)
    if not isinstance(net, torch.nn.Module):
        return {"is_module": False}
    net.train()
    with Watch():
        out = net(*x)
    facts = {"is_module": True, "layers": layers, "out": out, "n_parameters": len(list(net.parameters()))}
    facts["unreached"] = [name for name, _ in net.named_parameters()]
    if isinstance(out, torch.Tensor) and out.requires_grad:
        weights = torch.arange(1.0, out.numel() + 1).reshape(out.shape).cos()
        (out * weights).sum().backward()
        facts["unreached"] = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.isfinite().all()]
    return facts


def one_by_one(student, name, arguments, x):
    """A probe: what the net in eval mode makes of a batch, and of its first image alone."""
    import torch

    net = getattr(student, name)(*arguments)
    net.train()
    net(*(2 * part + 0.3 for part in x))  # statistics unlike those of this batch
    net.eval()
    with torch.no_grad():
        return {"batch": net(*x), "alone": net(*(part[:1] for part in x))}


def initialise(student):
    """A probe: the parameters of a built net and of single layers after dcgan_init, and what it returned."""
    import torch
    from torch import nn

    deep = nn.Sequential(nn.Linear(90, 80), nn.Sequential(nn.Conv2d(16, 64, 5), nn.BatchNorm2d(2000)))
    parts = {"up": nn.ConvTranspose2d(64, 40, 4, 2, 1), "deep": deep, "norm": nn.BatchNorm1d(2000)}
    net = nn.ModuleDict(parts | {"table": nn.Embedding(40, 30)})
    for norm in (net["norm"], deep[1][1]):
        nn.init.constant_(norm.weight, 3.0)
        nn.init.constant_(norm.bias, 2.0)
    table, same = net["table"].weight.detach().clone(), {n: id(p) for n, p in net.named_parameters()}
    returned = student.dcgan_init(net)
    singles = [nn.Conv2d(8, 64, 5, bias=False) for _ in range(2)]
    for layer in singles:
        student.dcgan_init(layer)
    values = {n: p.detach().clone() for n, p in net.named_parameters() if not n.startswith("table")}
    return {
        "nothing": returned is None,
        "returned": returned is net,
        "kept": torch.equal(table, net["table"].weight),
        "same": same == {n: id(p) for n, p in net.named_parameters() if p.requires_grad},
        "again": torch.equal(singles[0].weight, singles[1].weight),
        "values": values | {"single.weight": singles[0].weight.detach().clone()},
    }


def look_inside(student, x, numbers, widths):
    """A probe: the features of a D made of `numbers`, what its layers give, and whether D stayed as it was."""
    import torch
    from torch import nn

    layers, n_in = [], x.shape[1]
    for n_out in widths:
        norm = [nn.BatchNorm2d(n_out)] if layers else []
        layers += [nn.Conv2d(n_in, n_out, 4, 2, 1), *norm, nn.LeakyReLU(0.2)]
        n_in = n_out

    class Discriminator(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(*layers)
            self.score = nn.Conv2d(n_in, 1, x.shape[-1] // 2 ** len(widths))

        def forward(self, x):
            return self.score(self.features(x)).flatten(1)

    D = Discriminator().double()
    at = 0
    for name, value in [*D.named_parameters(), *D.named_buffers()]:
        if value.is_floating_point():
            value.data.copy_(numbers[at : at + value.numel()].reshape(value.shape))
            at += value.numel()
            if "running_var" in name:
                value.data.abs_().add_(0.5)
    D.eval()
    before = [value.clone() for value in D.state_dict().values()]
    out = student.discriminator_features(D, x.clone())
    hooks = any(module._forward_hooks or module._forward_pre_hooks for module in D.modules())
    state = D.state_dict().values()
    kept = not D.training and len(before) == len(state) and all(map(torch.equal, before, state))
    seen, h = [], x
    with torch.no_grad():
        for layer in layers:
            h = layer(h)
            if isinstance(layer, nn.Conv2d):
                seen.append({"conv": h, "norm": h, "act": h})
            elif isinstance(layer, nn.BatchNorm2d):
                seen[-1]["norm"] = h
            else:
                seen[-1]["act"] = h
        return {"out": out, "hooks": hooks, "kept": kept, "seen": seen, "score": D.score(h)}
