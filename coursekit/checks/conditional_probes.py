"""The probes of lesson 12: a discriminator that notes which pairs it is shown, and two losses with their slopes."""


def judge_pairs(student, real, fake, label, inner, classes, scale, flat):
    """A probe: the loss of a small D on pairs, its slope by D's parameters, and all pairs that D was shown.

    `inner` (d, h) and `classes` (K, h) are D's parameters: the score is scale * <tanh(x inner), classes[label]>.
    """
    import torch

    parameters = [inner.clone().requires_grad_(), classes.clone().requires_grad_()]
    shown, labels = [], []

    def D(x, label):
        if label.dtype != torch.int64 or label.dim() != 1 or len(label) != len(x):
            raise ValueError(
                f"D takes (x, label) with int64 labels (N,), it got x {tuple(x.shape)}, label {tuple(label.shape)}"
            )
        shown.append(x.detach().clone())
        labels.append(label.clone())
        scores = scale * (torch.tanh(x.flatten(1) @ parameters[0]) * parameters[1][label]).sum(1)
        return scores if flat else scores[:, None]

    loss = student.conditional_discriminator_loss(D, real, fake, label)
    slopes = None
    if isinstance(loss, torch.Tensor) and loss.dim() == 0 and loss.requires_grad:
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
        slopes = [torch.zeros_like(p) if s is None else s for p, s in zip(parameters, found, strict=True)]
    return {"loss": loss, "slopes": slopes, "shown": shown, "labels": labels}


def two_losses(student, parts, label):
    """A probe: what acgan_losses returns for the four `parts`, and the slopes of both losses by each of them."""
    import torch

    leaves = [part.clone().requires_grad_() for part in parts]
    out = student.acgan_losses(*leaves, label)
    pair = list(out) if isinstance(out, (tuple, list)) else []
    facts = {"losses": pair, "form": type(out).__name__, "slopes": []}
    for loss in pair:
        slopes = None
        if isinstance(loss, torch.Tensor) and loss.dim() == 0 and loss.requires_grad:
            found = torch.autograd.grad(loss, leaves, allow_unused=True, retain_graph=True)
            slopes = [torch.zeros_like(x) if s is None else s for x, s in zip(leaves, found, strict=True)]
        facts["slopes"].append(slopes)
    return facts
