"""SRGAN's residual block as questions about a net at work: two convolutions, two batch norms, a PReLU and the skip."""

import torch
from torch import Tensor

from coursekit.checks.dcgan_nets import NEAR, alike
from coursekit.checks.dcgan_probes import one_by_one
from coursekit.checks.judging import Mistake, explain, form
from coursekit.checks.srgan_probes import watch_block

ORDER = "The order is: convolution, batch norm, PReLU, convolution, batch norm; then x is added."
KEEPS = "The block keeps the shape: kernel 3 with padding 1, `width` channels in and out."
ALONE = "In eval mode an image must not depend on its batch: use nn.BatchNorm2d with its running statistics."


def check_block(student, width: int, x: Tensor) -> None:
    """Watch ResidualBlock(width) on the maps x (N, width, H, W); the first law that it breaks is a Mistake."""
    call = f"ResidualBlock({width})"
    with explain(KEEPS):
        facts = student.probe(watch_block, width=width, x=x.clone(), moved=False)
    if not facts["is_module"]:
        raise Mistake(f"{call} is no nn.Module.\nKeep the `class` line of the stub, and call `super().__init__()`.")
    check_out(call, facts, x)
    layers, out = facts["layers"], facts["out"]
    check_layers(call, layers, width)
    first, norm, second, last = layers
    check_path(call, first, norm, second, last, x)
    slopes = slope_of(call, norm["y"], second["x"])
    check_sum(call, out, last["y"], x)
    moved = student.probe(watch_block, width=width, x=x.clone(), moved=True)["layers"]
    if (slope_of(call, moved[1]["y"], moved[2]["x"]) - slopes).abs().max() < 1e-3:
        fixed = "PReLU learns its slope, `nn.PReLU()`: LeakyReLU has a fixed one."
        raise Mistake(
            f"{call}: what lets {slopes[0].item():.3g} of the negative numbers through has no parameter.\n{fixed}"
        )
    if facts["unreached"]:
        lost = f"{call}: no gradient reaches {', '.join(facts['unreached'][:4])}."
        raise Mistake(f"{lost}\nEach layer must be used in forward, and no `detach` or `no_grad` may cut the way.")
    answer = student.probe(one_by_one, name="ResidualBlock", arguments=[width], x=[x])
    if not torch.allclose(answer["batch"][:1], answer["alone"], rtol=1e-3, atol=1e-5):
        raise Mistake(f"{call} in eval mode gives for one image alone another answer than in a batch.\n{ALONE}")


def check_out(call: str, facts: dict, x: Tensor) -> None:
    """Raise a Mistake unless a tensor of x's shape came out, and x stayed as it was."""
    out = facts["out"]
    if not isinstance(out, Tensor):
        hint = "Is there a `return`?" if out is None else "forward returns a tensor."
        raise Mistake(f"{call} returns a {type(out).__name__}.\n{hint}")
    if not facts["kept"]:
        raise Mistake(f"{call} changed x in place.\nx is needed to go back: `return x + ...`, not `x += ...`.")
    if out.shape == x.shape:
        return
    hint = KEEPS
    if out.shape == (len(x), 2 * x.shape[1], *x.shape[2:]):
        hint = "x is added, not joined: the channels stay `width`."
    raise Mistake(f"{call} of {form(x)}\nexpected a tensor of shape {tuple(x.shape)}, got {form(out)}.\n{hint}")


def check_layers(call: str, layers: list[dict], width: int) -> None:
    """Raise a Mistake unless the layers are conv, norm, conv, norm, of the right size and with weights of their own."""
    kinds = [layer["kind"] for layer in layers]
    if kinds.count("conv") != 2:
        raise Mistake(f"{call} runs {kinds.count('conv')} convolutions.\nA block has two, each of torch.nn's Conv2d.")
    if "norm" not in kinds:
        raise Mistake(f"{call} has no batch norm.\nBatch norm follows each of the two convolutions: nn.BatchNorm2d.")
    if kinds != ["conv", "norm", "conv", "norm"]:
        only = "Batch norm follows the second convolution, too." if kinds == ["conv", "norm", "conv"] else ORDER
        raise Mistake(f"{call} has the layers {', '.join(kinds)}.\n{only}")
    for layer in layers:
        if layer["weight"] < 0:
            listed = "Layers in a plain list or dict are not found: use nn.Sequential, nn.ModuleList or attributes."
            raise Mistake(f"{call}: the weights of a {layer['kind']} are not among its parameters.\n{listed}")
        if layer["kind"] == "conv" and layer["shape"] != [width, width, 3, 3]:
            size = "Both kernels are 3 x 3, from `width` channels to `width`."
            raise Mistake(f"{call}: a convolution's weights have the shape {tuple(layer['shape'])}.\n{size}")
        if layer["eps"] > 1e-3:
            why = "That is most of the variance: leave `eps` at its default 1e-5."
            raise Mistake(f"{call}: batch norm adds eps = {layer['eps']:g} to the variance.\n{why}")
    for kind, a, b in (("convolution", 0, 2), ("batch norm", 1, 3)):
        if layers[a]["weight"] == layers[b]["weight"]:
            raise Mistake(f"{call} uses one {kind} twice.\nMake two: each has weights of its own.")


def check_path(call: str, first: dict, norm: dict, second: dict, last: dict, x: Tensor) -> None:
    """Raise a Mistake unless x goes into the first convolution, and each convolution straight into its batch norm."""
    if not alike(first["x"], x):
        bent = "The first convolution gets x as it is: the only PReLU stands between the two convolutions."
        raise Mistake(f"{call} changes x before its first convolution.\n{bent}")
    if alike(last["x"], second["y"] + x):
        raise Mistake(
            f"{call} adds x before the second batch norm.\nx is added last, behind it: nothing may bend the skip."
        )
    for name, layer, before in (("first", norm, first), ("second", last, second)):
        if not alike(layer["x"], before["y"]):
            raise Mistake(f"{call}: something stands between the {name} convolution and its batch norm.\n{ORDER}")


def slope_of(call: str, y: Tensor, goes: Tensor) -> Tensor:
    """What a PReLU does to the negative numbers of each channel, (C,); a Mistake unless y -> goes is one."""
    y, goes = (h.transpose(0, 1).flatten(1) for h in (y, goes))
    below = y < -1e-2
    sums = (goes * below).sum(1), (y * below).sum(1)
    slopes = sums[0] / sums[1]
    if not torch.allclose(goes, y.clamp(min=0) + slopes[:, None] * y.clamp(max=0), **NEAR):
        only = "Between the first batch norm and the second convolution stands PReLU, and nothing else."
        raise Mistake(f"{call}: what goes into the second convolution is no PReLU of the first batch norm.\n{only}")
    if (slopes - 1).abs().max() < 1e-3:
        none = "Without a non-linearity between them the two convolutions are one: PReLU."
        raise Mistake(f"{call}: nothing bends between its two convolutions.\n{none}")
    if slopes.abs().max() < 1e-3:
        relu = "SRGAN's blocks have PReLU, which lets a learned share of what is below 0 through: `nn.PReLU()`."
        raise Mistake(f"{call} has ReLU between its convolutions.\n{relu}")
    return slopes


def check_sum(call: str, out: Tensor, y: Tensor, x: Tensor) -> None:
    """Raise a Mistake unless the block returns x + y, where y is what its second batch norm gives."""
    if alike(out, x + y):
        return
    bent = "Nothing stands behind the sum: the next block gets x + what the second batch norm gives."
    wrong = {
        "The skip is missing: x is added to what the second batch norm gives.": y,
        bent: (x + y).relu(),
        "The branch ends in batch norm: no non-linearity behind it.": x + y.relu(),
        "x is added, not subtracted.": y - x,
        "The sum is not halved.": (x + y) / 2,
    }
    hint = next((text for text, value in wrong.items() if alike(out, value)), "")
    if not hint and is_bent(out, x + y):
        hint = bent
    if not hint and is_bent(out - x, y):
        hint = "The branch ends in batch norm: no non-linearity and no factor behind it."
    raise Mistake(f"{call} does not return x + what its second batch norm gives.\n{hint or ORDER}")


def is_bent(got: Tensor, y: Tensor) -> bool:
    """Whether got is y with its negative numbers multiplied by some slope, or all of it by some factor."""
    scale, below = (got[y > 0.01] / y[y > 0.01]).median(), y < -0.01
    slope = (got[below] / y[below]).median()
    return torch.allclose(got, scale * y.clamp(min=0) + slope * y.clamp(max=0), **NEAR)
